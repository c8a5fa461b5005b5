package io.blockwise.job.training;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.job.config.TrainingSettings;
import io.blockwise.model.spec.NetworkSpec;
import java.util.Locale;
import java.util.Optional;

/**
 * Rows of a batch without another row of their class, of which a loss that compares rows of a class
 * learns nothing. With two views there are none: every row has the other view. Immutable.
 *
 * @param loss name of the first loss of the network that compares them; empty if none does
 * @param lacking share of the rows that are expected to have none, if classes are equally frequent:
 *     {@code (1 - 1/classes)^(examples - 1)} (methods 2c)
 */
public record Positives(Optional<String> loss, int classes, int examples, double lacking) {
  private static final double WORTH_A_WORD = 0.01;
  private static final double MOST = 0.5;

  /** Of a network that is trained so. */
  public static Positives of(TrainingSettings training, NetworkSpec network) {
    int examples = training.batchSize();
    int classes = network.classes();
    boolean oneView = training.augmentation().views().size() == 1;
    return new Positives(
        network.blocks().stream()
            .filter(block -> block.loss().comparesClasses())
            .map(block -> Names.of(block.loss().getClass()))
            .findFirst(),
        classes,
        examples,
        oneView ? Math.pow(1 - 1.0 / classes, examples - 1) : 0);
  }

  /**
   * Refuses a training in which more than half of the rows would teach nothing.
   *
   * @throws UserException that says what to change
   */
  public void require() {
    if (loss.isPresent() && lacking > MOST) {
      throw UserException.cannot(
          "train " + loss.get() + " with one view of each image",
          fact(),
          "set training.augmentation = two-view, or raise training.batch-size");
    }
  }

  /** A line, where some rows teach nothing. */
  public Optional<String> warning() {
    return loss.isPresent() && lacking > WORTH_A_WORD
        ? Optional.of(
            fact() + " and teach " + loss.get() + " nothing (training.augmentation = two-view)")
        : Optional.empty();
  }

  private String fact() {
    return String.format(
        Locale.ROOT,
        "of %d rows of %d classes %.1f %% have no other row of their class",
        examples,
        classes,
        100 * lacking);
  }
}
