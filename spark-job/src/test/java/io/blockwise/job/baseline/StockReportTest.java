package io.blockwise.job.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StockReportTest {
  private static final List<StockReport.Epoch> HISTORY =
      List.of(
          new StockReport.Epoch(1, 100, 10, 4, 0.2),
          new StockReport.Epoch(2, 100, 10, 2, 0.6),
          new StockReport.Epoch(3, 100, 10, 2, 0.6));

  @Test
  void earliestOfTheBestEpochsIsKept() {
    assertThat(StockReport.best(HISTORY).epoch()).isEqualTo(2);
  }

  @Test
  void examplesPerSecondAreOverTheTrainingClock() {
    assertThat(StockReport.examplesPerSecond(HISTORY)).isEqualTo(300.0 / 8);
  }
}
