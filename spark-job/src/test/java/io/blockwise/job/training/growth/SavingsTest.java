package io.blockwise.job.training.growth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.spec.cut.Cost;
import java.util.List;
import org.junit.jupiter.api.Test;

class SavingsTest {
  private final Savings savings =
      new Savings(List.of(new Cost(100, 0), new Cost(300, 0)), List.of(10L, 20L), 4);

  @Test
  void whoTrainsAllBlocksInAllEpochsSavesNothing() {
    for (int epoch = 1; epoch <= 4; epoch++) {
      savings.epoch(TrainedBlocks.all(2), 1000 + epoch, 8);
    }
    assertThat(savings.total()).isEqualTo(new Metrics.Dynamics(List.of(4, 4), 0, 0));
  }

  /** Of 4 * 3 * 400 per example: 2 * 1200 + (100 + 900), and nothing in the fourth epoch. */
  @Test
  void aFrozenBlockTakesAThirdAndAnEpochThatIsNotTrainedNothing() {
    savings.epoch(TrainedBlocks.all(2), 1000, 8);
    savings.epoch(TrainedBlocks.all(2), 1000, 8);
    savings.epoch(new TrainedBlocks(1, 2), 1000, 4);
    Metrics.Dynamics total = savings.total();
    assertThat(total.trainedEpochs()).containsExactly(2, 3);
    assertThat(total.computeSaved()).isCloseTo(1 - 3400.0 / 4800, within(1e-12));
    // 4 pushes of a block in an epoch
    assertThat(total.pushedBytesSaved()).isEqualTo(4 * (2 * 10 + 20));
  }

  @Test
  void aBlockThatHasNotJoinedTakesNothing() {
    savings.epoch(new TrainedBlocks(0, 1), 1000, 4);
    savings.epoch(TrainedBlocks.all(2), 1000, 8);
    savings.epoch(TrainedBlocks.all(2), 1000, 8);
    savings.epoch(TrainedBlocks.all(2), 1000, 8);
    assertThat(savings.total().computeSaved()).isCloseTo(900.0 / 4800, within(1e-12));
  }
}
