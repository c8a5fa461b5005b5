package io.blockwise.job.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StockReportTest {
  private static final List<StockReport.Epoch> HISTORY =
      List.of(
          new StockReport.Epoch(1, 100, 10, 4, 0.2),
          new StockReport.Epoch(2, 150, 15, 2, 0.6),
          new StockReport.Epoch(3, 50, 5, 2, 0.6));

  @Test
  void earliestOfTheBestEpochsIsKept() {
    assertThat(StockReport.best(HISTORY)).isSameAs(HISTORY.get(1));
    assertThat(StockReport.best(HISTORY.subList(0, 1))).isSameAs(HISTORY.get(0));
    StockReport.Epoch better = new StockReport.Epoch(4, 1, 1, 1, 0.61);
    assertThat(StockReport.best(List.of(HISTORY.get(0), HISTORY.get(1), better))).isSameAs(better);
  }

  @Test
  void examplesPerSecondAreOverTheTrainingClock() {
    // not the mean of the epochs' 25, 75 and 25
    assertThat(StockReport.examplesPerSecond(HISTORY)).isEqualTo(300.0 / 8);
  }

  @Test
  void fileHasTheKeysThatOtherProgramsRead() throws Exception {
    StockReport report =
        new StockReport(
            "r", "dl4j-spark", 0.6, 0.5, 2, 3, 4, 1, 16, 8, 37.5, 9.25, 12, HISTORY.subList(0, 1));
    assertThat(report.json())
        .isEqualTo(
            """
            {
              "run_id" : "r",
              "baseline" : "dl4j-spark",
              "validation" : 0.6,
              "test" : 0.5,
              "selected_epoch" : 2,
              "epochs" : 3,
              "workers" : 4,
              "threads" : 1,
              "batch_size" : 16,
              "averaging_period" : 8,
              "examples_per_second" : 37.5,
              "seconds" : 9.25,
              "parameters" : 12,
              "history" : [ {
                "epoch" : 1,
                "examples" : 100,
                "steps" : 10,
                "seconds" : 4.0,
                "validation" : 0.2
              } ]
            }
            """);
  }
}
