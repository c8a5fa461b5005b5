package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.config.TrainingSettings.EpochsAt;
import org.junit.jupiter.api.Test;

class ExpectationTest {
  private static final String FOUR =
      "4 workers with about 25 steps each: compare with one worker and" + " batches of 64";
  private static final String TWO =
      "2 workers with about 50 steps each: compare with one worker and" + " batches of 32";

  @Test
  void workersThatAllHaveASlotMakeTheStepsThatEpochsAtSays() {
    assertThat(new Expectation(4, 4, 16, 8, EpochsAt.STEPS).sentences(100))
        .containsExactly(
            FOUR,
            "training.epochs-at = steps: each makes as many steps as one worker alone, in 8 epochs");
    assertThat(new Expectation(4, 4, 16, 2, EpochsAt.EXAMPLES).sentences(100))
        .containsExactly(
            FOUR,
            "each as many steps as one worker alone: training.epochs = 8, or training.epochs-at ="
                + " steps");
  }

  @Test
  void fewerThanConfiguredMakeMoreStepsEach() {
    assertThat(new Expectation(2, 4, 16, 8, EpochsAt.STEPS).sentences(100))
        .containsExactly(
            TWO,
            "training.epochs-at = steps goes by workers.count = 4: with 2 of them each makes 2.0"
                + " times as many steps as one worker alone, in 8 epochs");
    assertThat(new Expectation(1, 4, 16, 8, EpochsAt.STEPS).sentences(100))
        .containsExactly(
            "training.epochs-at = steps goes by workers.count = 4: with 1 of them each makes 4.0"
                + " times as many steps as one worker alone, in 8 epochs");
  }

  @Test
  void fewerThanConfiguredAreNotToldOfStepsForAll() {
    assertThat(new Expectation(2, 4, 16, 2, EpochsAt.EXAMPLES).sentences(100))
        .containsExactly(TWO, "each as many steps as one worker alone: training.epochs = 4");
  }

  @Test
  void oneWorkerNeedsNoWord() {
    for (EpochsAt at : EpochsAt.values()) {
      assertThat(new Expectation(1, 1, 16, 2, at).sentences(100)).isEmpty();
    }
    assertThat(new Expectation(1, 4, 16, 2, EpochsAt.EXAMPLES).sentences(100)).isEmpty();
  }
}
