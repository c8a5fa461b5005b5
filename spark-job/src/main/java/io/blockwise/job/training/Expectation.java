package io.blockwise.job.training;

import io.blockwise.job.config.Settings;
import io.blockwise.job.config.TrainingSettings.EpochsAt;
import java.util.List;

/**
 * What to expect of several workers: each makes a part of the steps, and averaging makes steps
 * better, not more. Immutable.
 *
 * @param workers that train at once
 * @param batchSize of each
 * @param epochs passes over the data by all of them together
 */
public record Expectation(int workers, int batchSize, int epochs, EpochsAt epochsAt) {
  /** Of a configuration, with so many workers. */
  public static Expectation of(Settings settings, int workers) {
    return new Expectation(
        workers,
        settings.training().batchSize(),
        settings.epochs(),
        settings.training().epochsAt());
  }

  /**
   * In sentences; none for one worker.
   *
   * @param steps of all workers together in the run
   */
  public List<String> sentences(long steps) {
    return workers == 1 ? List.of() : List.of(yardstick(steps), budget());
  }

  private String yardstick(long steps) {
    return "%d workers with about %d steps each: compare with one worker and batches of %d"
        .formatted(workers, Math.round((double) steps / workers), (long) workers * batchSize);
  }

  private String budget() {
    if (epochsAt == EpochsAt.STEPS) {
      String each = "each makes as many steps as one worker alone, in %d epochs";
      return "training.epochs-at = steps: " + each.formatted(epochs);
    }
    String instead = "training.epochs = %d, or training.epochs-at = steps";
    return "each as many steps as one worker alone: " + instead.formatted((long) epochs * workers);
  }
}
