package io.blockwise.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.spec.NoiseScale;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.RateScale;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.StepScale;
import io.blockwise.testing.RandomSeed;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Of a run of 10,000 examples, whose warm-up is over after 200. */
class PacingTest {
  private static final long RUN = 10_000;
  private static final Offset<Double> CLOSE = within(1e-12);

  private static final StepScale SCALED = new StepScale(RateScale.SQRT_WORKERS, NoiseScale.WORKERS);

  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  @Test
  void withOneWorkerItIsTheScheduleToTheLastBit() {
    Random random = SEED.random();
    OptimiserSpec optimiser = sgd(random.nextDouble(), new ScheduleSpec.Cosine(0.01));
    Pacing rate = new Pacing(optimiser, RUN, SCALED);
    for (long examples = 0; examples < RUN; examples += 1 + random.nextInt(50)) {
      assertThat(rate.next(examples, 1).rate())
          .isEqualTo(
              optimiser.learningRate() * optimiser.schedule().factor((double) examples / RUN));
    }
  }

  @Test
  void withoutAScaleTheNumberOfWorkersMakesNoDifference() {
    Pacing rate = rate(StepScale.NONE);
    for (int step = 0; step < 30; step++) {
      assertThat(rate.next(100L * step, 1 + step).rate()).isEqualTo(0.5);
    }
  }

  @Test
  void itRisesOverTwoPercentOfTheRun() {
    Pacing rate = rate(SCALED);
    for (int step = 0; step < 60; step++) {
      double expected = 0.5 * (1 + Math.min(1, 5.0 * step / 200));
      assertThat(rate.next(5L * step, 4).rate()).as("step %d", step).isEqualTo(expected, CLOSE);
    }
  }

  @Test
  void itRisesOverTenStepsAtLeast() {
    Pacing rate = rate(SCALED);
    for (int step = 0; step < 20; step++) {
      double expected = 0.5 * (1 + Math.min(1, step / 10.0));
      // a worker that joins in the middle of the run
      assertThat(rate.next(5000 + step, 4).rate()).as("step %d", step).isEqualTo(expected, CLOSE);
    }
  }

  @Test
  void itIsAtMostFourTimesAsLarge() {
    assertThat(warm(16).next(RUN / 2, 16).rate()).isEqualTo(2.0, CLOSE);
    assertThat(warm(300).next(RUN / 2, 300).rate()).isEqualTo(2.0, CLOSE);
    assertThat(warm(2).next(RUN / 2, 2).rate()).isEqualTo(Math.sqrt(0.5), CLOSE);
  }

  @Test
  void itFallsAtOnceAndRisesWithinTenStepsWhenWorkersGoAndCome() {
    Pacing rate = warm(9);
    assertThat(rate.next(5000, 9).rate()).isEqualTo(1.5, CLOSE);
    assertThat(rate.next(5000, 4).rate()).as("five have left").isEqualTo(1, CLOSE);
    assertThat(rate.next(5000, 1).rate()).as("three more").isEqualTo(0.5);
    assertThat(rate.next(5000, 4).rate()).as("three are back").isEqualTo(0.5);
    double before = 0.5;
    for (int step = 0; step < 10; step++) {
      double next = rate.next(5000, 4).rate();
      assertThat(next - before).isEqualTo(0.05, CLOSE);
      before = next;
    }
    assertThat(rate.next(5000, 4).rate()).isEqualTo(1, CLOSE);
  }

  @Test
  void noiseIsThatOfTheMeanOverTheWorkersOfTheMoment() {
    Pacing pacing = rate(SCALED);
    for (int workers : new int[] {1, 4, 8, 1}) {
      assertThat(pacing.next(5000, workers).noise()).isEqualTo(1.0 / workers);
    }
    assertThat(rate(StepScale.NONE).next(5000, 8).noise()).isEqualTo(1);
  }

  /** One whose warm-up is over. */
  private static Pacing warm(int workers) {
    Pacing rate = rate(SCALED);
    for (int step = 0; step < 20; step++) {
      rate.next(5000, workers).rate();
    }
    return rate;
  }

  private static Pacing rate(StepScale scale) {
    return new Pacing(sgd(0.5, new ScheduleSpec.Constant()), RUN, scale);
  }

  private static OptimiserSpec sgd(double rate, ScheduleSpec schedule) {
    return new OptimiserSpec.Sgd(rate, 0, 0, 0, schedule);
  }
}
