package io.blockwise.job.training.growth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.UserException;
import io.blockwise.job.config.PatienceSettings;
import io.blockwise.job.config.PatienceSettings.Block;
import io.blockwise.job.config.PatienceSettings.Metric;
import io.blockwise.job.worker.BlockScores;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private static final Block LAST = Block.parse("last");

  @Test
  void theRunEndsAfterSoManyEpochsWithoutAnImprovement() {
    Patience patience = patience(2, Metric.VALIDATION_ACCURACY, LAST, 0);
    assertThat(patience.evaluated(1, accuracies(0.1, 0.5))).isEmpty();
    assertThat(patience.evaluated(2, accuracies(0.9, 0.5))).as("equal is none").isEmpty();
    Stop stop = patience.evaluated(3, accuracies(0.9, 0.4)).orElseThrow();
    assertThat(stop.epoch()).isEqualTo(3);
    assertThat(stop.bestEpoch()).isEqualTo(1);
    assertThat(stop.text())
        .isEqualTo(
            "The run ends after epoch 3 of 9: validation-accuracy of block 2 has not got better for"
                + " 2 epochs since its 50.00 % in epoch 1");
  }

  @Test
  void aLossGetsBetterByFallingAndAnotherBlockMayBeMeant() {
    Patience patience = patience(1, Metric.VALIDATION_LOSS, Block.parse("1"), 0.1);
    assertThat(patience.evaluated(1, losses(0.9, 0.1))).isEmpty();
    assertThat(patience.evaluated(2, losses(0.7, 0.2))).isEmpty();
    Stop stop = patience.evaluated(3, losses(0.65, 0.0)).orElseThrow();
    assertThat(stop.block()).isEqualTo(1);
    assertThat(stop.text())
        .endsWith("has not got better by 0.1 for 1 epoch since its 0.7000 in epoch 2");
  }

  @Test
  void smallImprovementsAddUp() {
    Patience patience = patience(2, Metric.VALIDATION_ACCURACY, LAST, 0.05);
    patience.evaluated(1, accuracies(0, 0.50));
    assertThat(patience.evaluated(2, accuracies(0, 0.53))).isEmpty();
    assertThat(patience.evaluated(3, accuracies(0, 0.56))).as("0.06 above the first").isEmpty();
  }

  @Test
  void epochsBeforeTheLastBlockHasJoinedDoNotCount() {
    Patience patience = patience(1, Metric.VALIDATION_ACCURACY, Block.parse("1"), 0);
    BlockScores one = new BlockScores(List.of(0.5), List.of(1.0));
    assertThat(patience.evaluated(1, one)).isEmpty();
    assertThat(patience.evaluated(2, one)).isEmpty();
    assertThat(patience.evaluated(3, accuracies(0.2, 0.1))).isEmpty();
    assertThat(patience.evaluated(4, accuracies(0.2, 0.1))).isPresent();
  }

  @Test
  void nothingEndsEarlyWithoutPatienceOrAfterTheLastEpoch() {
    Patience off = patience(0, Metric.VALIDATION_ACCURACY, LAST, 0);
    Patience on = patience(8, Metric.VALIDATION_ACCURACY, LAST, 0);
    for (int epoch = 1; epoch <= 9; epoch++) {
      assertThat(off.evaluated(epoch, accuracies(0.5, 0.5))).isEmpty();
      assertThat(on.evaluated(epoch, accuracies(0.5, 0.5))).as("epoch %d of 9", epoch).isEmpty();
    }
  }

  @Test
  void itGoesOnWithWhatItHasSeen() {
    Patience before = patience(2, Metric.VALIDATION_ACCURACY, LAST, 0);
    before.evaluated(1, accuracies(0.5, 0.5));
    before.evaluated(2, accuracies(0.5, 0.4));
    Patience after = patience(2, Metric.VALIDATION_ACCURACY, LAST, 0);
    after.restore(before.seen());
    assertThat(after.evaluated(3, accuracies(0.5, 0.4))).isPresent();
  }

  @Test
  void aBlockThatIsNotThereOrDoesNotTrainIsRefused() {
    PatienceSettings third =
        new PatienceSettings(1, Metric.VALIDATION_ACCURACY, Block.parse("3"), 0);
    third.requireTrains(3, 2);
    assertThatThrownBy(() -> third.requireTrains(2, 0))
        .isInstanceOf(UserException.class)
        .hasMessage("Invalid training.patience.block: 3 (must be last or from 1 to 2)");
    assertThatThrownBy(() -> third.requireTrains(4, 3))
        .hasMessage(
            "Invalid training.patience.block: 3 (must be last or above 3, since blocks up to that"
                + " one stay as they are)");
    assertThatThrownBy(() -> Block.parse("0"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage(
            "Invalid training.patience.block: 0 (must be last, or a block's number from 1)");
  }

  private static Patience patience(int epochs, Metric metric, Block block, double minDelta) {
    return new Patience(new PatienceSettings(epochs, metric, block, minDelta), 2, 9);
  }

  private static BlockScores accuracies(double first, double second) {
    return new BlockScores(List.of(first, second), List.of(1.0, 1.0));
  }

  private static BlockScores losses(double first, double second) {
    return new BlockScores(List.of(0.5, 0.5), List.of(first, second));
  }
}
