package io.blockwise.job.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.base.UserException;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

class StockUpdaterTest {
  private static final ScheduleSpec COSINE = new ScheduleSpec.Cosine(0.01);

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 200, 10_000})
  void learningRateFollowsTheScheduleOverTheRun(int iterations) {
    IUpdater updater = StockUpdater.of(adam(COSINE, 0, 0), iterations);
    for (int i = 0; i < iterations; i++) {
      double expected = 1e-3 * COSINE.factor((double) i / iterations);
      assertThat(updater.getLearningRate(i, 0)).isCloseTo(expected, within(1e-5));
    }
  }

  @Test
  void stepScheduleDropsAtItsPoints() {
    ScheduleSpec step = new ScheduleSpec.Step(List.of(0.5), 0.1);
    IUpdater updater = StockUpdater.of(adam(step, 0, 0), 100);
    assertThat(updater.getLearningRate(49, 0)).isEqualTo(1e-3);
    assertThat(updater.getLearningRate(50, 0)).isCloseTo(1e-4, within(1e-12));
  }

  @Test
  void optimisersKeepTheirNumbers() {
    Adam adam = (Adam) StockUpdater.of(adam(COSINE, 0, 0), 10);
    assertThat(List.of(adam.getBeta1(), adam.getBeta2(), adam.getEpsilon()))
        .containsExactly(0.8, 0.98, 1e-7);
    assertThat(StockUpdater.of(sgd(0), 10)).isInstanceOf(Sgd.class);
    Nesterovs momentum = (Nesterovs) StockUpdater.of(sgd(0.7), 10);
    assertThat(momentum.currentMomentum(0, 0)).isEqualTo(0.7);
  }

  @Test
  void weightDecayAndClippingAreRefused() {
    assertThatThrownBy(() -> StockUpdater.of(adam(COSINE, 1e-4, 0), 10))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "Cannot train with training.baseline = dl4j-spark: training.weight-decay is 1.0E-4,");
    assertThatThrownBy(() -> StockUpdater.of(adam(COSINE, 0, 2), 10))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("training.clip-norm is 2.0,");
  }

  @Test
  void anOptimiserThatItDoesNotKnowIsRefused() {
    OptimiserSpec adamW = new OptimiserSpec.AdamW(1e-3, 0.9, 0.999, 1e-8, 0, 0, COSINE);
    assertThatThrownBy(() -> StockUpdater.of(adamW, 10))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot train with training.baseline = dl4j-spark: training.optimiser is adamw, which"
                + " the baseline does not know (set it to adam or sgd)");
  }

  private static OptimiserSpec adam(ScheduleSpec schedule, double decay, double clip) {
    return new OptimiserSpec.Adam(1e-3, 0.8, 0.98, 1e-7, decay, clip, schedule);
  }

  private static OptimiserSpec sgd(double momentum) {
    return new OptimiserSpec.Sgd(1e-3, momentum, 0, 0, COSINE);
  }
}
