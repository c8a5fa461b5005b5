package io.blockwise.job.training.growth;

import io.blockwise.job.config.PatienceSettings;
import io.blockwise.job.config.PatienceSettings.Metric;
import io.blockwise.job.worker.BlockScores;
import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the epoch after which a run stops because its metric no longer improves. Used by one
 * thread.
 */
final class Patience {
  private final PatienceSettings settings;
  private final int blocks;
  private final int block;
  private final int epochs;
  private double best;
  private int bestEpoch;

  /**
   * @param blocks of the whole network
   * @param epochs of the whole run, after the last of which there is nothing to stop
   */
  Patience(PatienceSettings settings, int blocks, int epochs) {
    this.settings = settings;
    this.blocks = blocks;
    this.block = settings.block().of(blocks);
    this.epochs = epochs;
  }

  /**
   * What it has seen. Immutable.
   *
   * @param best value, without improvements that do not count
   * @param bestEpoch in which it was reached; 0 if none was seen
   */
  record Seen(double best, int bestEpoch) implements Serializable {
    /** Nothing. */
    static final Seen NOTHING = new Seen(0, 0);
  }

  Seen seen() {
    return new Seen(best, bestEpoch);
  }

  void restore(Seen seen) {
    best = seen.best();
    bestEpoch = seen.bestEpoch();
  }

  /**
   * Notes what an epoch has reached. One before all blocks have joined does not count, since it
   * cannot be published.
   *
   * @return why the run ends after it; empty if it goes on
   */
  Optional<Stop> evaluated(int epoch, BlockScores scores) {
    if (!settings.isOn() || scores.blocks() < blocks) {
      return Optional.empty();
    }
    double value = scores.of(settings.metric(), block);
    double gain = settings.metric().gain(best, value);
    if (bestEpoch == 0 || gain > 0 && gain >= settings.minDelta()) {
      best = value;
      bestEpoch = epoch;
    }
    boolean over = epoch - bestEpoch >= settings.epochs() && epoch < epochs;
    return over
        ? Optional.of(
            new Stop(epoch, block, settings.metric().text(), best, bestEpoch, text(epoch)))
        : Optional.empty();
  }

  private String text(int epoch) {
    boolean accuracy = settings.metric() == Metric.VALIDATION_ACCURACY;
    int waited = epoch - bestEpoch;
    return String.format(
        Locale.ROOT,
        "The run ends after epoch %d of %d: %s of block %d has not got better%s for %d %s since its"
            + " %s in epoch %d",
        epoch,
        epochs,
        settings.metric().text(),
        block,
        settings.minDelta() > 0 ? " by " + settings.minDelta() : "",
        waited,
        waited == 1 ? "epoch" : "epochs",
        String.format(Locale.ROOT, accuracy ? "%.2f %%" : "%.4f", accuracy ? 100 * best : best),
        bestEpoch);
  }
}
