package io.blockwise.job.training;

import io.blockwise.job.config.Settings;
import io.blockwise.job.config.TrainingSettings.EpochsAt;
import java.util.List;
import java.util.Locale;

/**
 * What to expect of several workers: each makes a part of the steps, and averaging makes steps
 * better, not more. Immutable.
 *
 * @param workers that train at once
 * @param configured workers, for which there may be too few slots
 * @param batchSize of each
 * @param epochs passes over the data by all of them together
 */
public record Expectation(
    int workers, int configured, int batchSize, int epochs, EpochsAt epochsAt) {
  /** Of a configuration, with so many workers. */
  public static Expectation of(Settings settings, int workers) {
    return new Expectation(
        workers,
        settings.workers().count(),
        settings.training().batchSize(),
        settings.epochs(),
        settings.training().epochsAt());
  }

  /**
   * In sentences; none for one worker that makes the steps of one.
   *
   * @param steps of all workers together in the run
   */
  public List<String> sentences(long steps) {
    if (workers == 1) {
      return epochsAt == EpochsAt.STEPS && configured > 1 ? List.of(surplus()) : List.of();
    }
    return List.of(yardstick(steps), budget());
  }

  private String yardstick(long steps) {
    return "%d workers with about %d steps each: compare with one worker and batches of %d"
        .formatted(workers, Math.round((double) steps / workers), (long) workers * batchSize);
  }

  private String budget() {
    if (epochsAt == EpochsAt.STEPS && workers < configured) {
      return surplus();
    } else if (epochsAt == EpochsAt.STEPS) {
      String each = "each makes as many steps as one worker alone, in %d epochs";
      return "training.epochs-at = steps: " + each.formatted(epochs);
    }
    String instead = "training.epochs = %d".formatted((long) epochs * workers);
    return "each as many steps as one worker alone: "
        + (workers < configured ? instead : instead + ", or training.epochs-at = steps");
  }

  private String surplus() {
    return String.format(
        Locale.ROOT,
        "training.epochs-at = steps goes by workers.count = %d: with %d of them each makes %.1f times"
            + " as many steps as one worker alone, in %d epochs",
        configured,
        workers,
        (double) configured / workers,
        epochs);
  }
}
