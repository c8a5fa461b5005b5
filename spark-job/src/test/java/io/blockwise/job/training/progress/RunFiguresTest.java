package io.blockwise.job.training.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.config.PatienceSettings;
import io.blockwise.job.config.PatienceSettings.Block;
import io.blockwise.job.config.PatienceSettings.Metric;
import io.blockwise.job.worker.BlockScores;
import io.blockwise.job.worker.LeaseReport;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.network.BlockFigures;
import io.blockwise.model.network.NetworkFigures;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RunFiguresTest {
  private static final long SECOND = 1_000_000_000L;

  private final RunFigures figures = new RunFigures(1, patience(0, Metric.VALIDATION_LOSS));

  @Test
  void theLastBlockDecidesAndTheEarliestOfEqualsWins() {
    epoch(1, 0.9, 0.3);
    assertThat(figures.best().epoch()).isEqualTo(1);
    epoch(2, 0.1, 0.5);
    epoch(3, 0.8, 0.5);
    epoch(4, 0.9, 0.4);
    assertThat(figures.best().epoch()).isEqualTo(2);
    assertThat(figures.best().validation()).containsExactly(0.1, 0.5);
    assertThat(figures.best().states().get(0).version()).isEqualTo(2);
    assertThat(figures.validation()).as("of the last epoch").containsExactly(0.9, 0.4);
  }

  @Test
  void patienceChoosesByItsOwnMetricAndBlock() {
    RunFigures byLoss = new RunFigures(1, patience(1, Metric.VALIDATION_LOSS));
    for (int epoch = 1; epoch <= 3; epoch++) {
      byLoss.epoch(trained(epoch));
      List<Double> losses = List.of(epoch == 2 ? 0.1 : 0.5, 1.0 / epoch);
      byLoss.evaluated(List.of(state(epoch)), new BlockScores(List.of(0.1, 0.1 * epoch), losses));
    }
    assertThat(byLoss.best().epoch()).isEqualTo(2);
    assertThat(byLoss.best().losses()).containsExactly(0.1, 0.5);
  }

  private static PatienceSettings patience(int epochs, Metric metric) {
    return new PatienceSettings(epochs, metric, Block.parse("1"), 0);
  }

  @Test
  void figuresAreOverTheTrainingTimeOfAllEpochs() {
    epoch(1, 0.1, 0.1);
    epoch(2, 0.1, 0.1);
    assertThat(figures.examples()).isEqualTo(2000);
    assertThat(figures.examplesPerSecond()).isEqualTo(500);
    assertThat(figures.waitShare()).isEqualTo(0.25);
    assertThat(figures.sent()).isEqualTo(20);
  }

  private void epoch(int number, double first, double last) {
    figures.epoch(trained(number));
    BlockScores scores = new BlockScores(List.of(first, last), List.of(1.0, 1.0));
    figures.evaluated(List.of(state(number)), scores);
  }

  private static EpochFigures trained(int number) {
    // two workers beside each other: twice the epoch's time
    NetworkFigures sums = new NetworkFigures(1000, List.of(new BlockFigures(List.of(), 1000, 500)));
    LeaseReport leases = new LeaseReport(0, 100, 0, 0, 10, 4 * SECOND, SECOND, 0, sums);
    return new EpochFigures(number, 2 * SECOND, leases, List.of(), 2, new TreeMap<>(), 0);
  }

  private static BlockState state(long version) {
    FloatVector values = FloatVector.copyOf(new float[] {version});
    return new BlockState(version, values, values);
  }
}
