package io.blockwise.job.training.growth;

import io.blockwise.job.config.StoppingSettings;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the blocks that no longer get better. One is frozen once its accuracy has not risen for so
 * many epochs and all before it are frozen, as it is then: not as it was in its best epoch, for
 * which the blocks behind it were not trained. Used by one thread.
 */
final class EarlyStopping {
  private final StoppingSettings settings;
  private final double[] best;
  private final int[] bestEpoch;
  private int frozen;

  /**
   * @param frozen blocks that never train
   */
  EarlyStopping(StoppingSettings settings, int blocks, int frozen) {
    this.settings = settings;
    this.frozen = frozen;
    best = new double[blocks];
    bestEpoch = new int[blocks];
    Arrays.fill(best, Double.NEGATIVE_INFINITY);
  }

  /**
   * A block that stops. Immutable.
   *
   * @param number of the block, from 1
   * @param epoch after which it is frozen
   * @param best its highest accuracy, 0..1, without rises that do not count
   * @param bestEpoch in which it reached that
   */
  record Stopped(int number, int epoch, double best, int bestEpoch) {}

  /** What it has seen. Immutable. */
  record Seen(List<Double> best, List<Integer> bestEpoch, int frozen) implements Serializable {}

  Seen seen() {
    return new Seen(
        Arrays.stream(best).boxed().toList(), Arrays.stream(bestEpoch).boxed().toList(), frozen);
  }

  void restore(Seen seen) {
    for (int k = 0; k < best.length; k++) {
      best[k] = seen.best().get(k);
      bestEpoch[k] = seen.bestEpoch().get(k);
    }
    frozen = seen.frozen();
  }

  /** Blocks that are frozen. */
  int frozen() {
    return frozen;
  }

  /**
   * Notes the accuracies after an epoch.
   *
   * @return blocks that are frozen from now on
   */
  List<Stopped> evaluated(int epoch, List<Double> accuracies) {
    for (int k = 0; k < accuracies.size(); k++) {
      double rise = accuracies.get(k) - best[k];
      if (rise > 0 && rise >= settings.minDelta()) {
        best[k] = accuracies.get(k);
        bestEpoch[k] = epoch;
      }
    }
    List<Stopped> stopped = new ArrayList<>();
    while (settings.isOn()
        && frozen < accuracies.size()
        && epoch - bestEpoch[frozen] >= settings.patience()) {
      stopped.add(new Stopped(frozen + 1, epoch, best[frozen], bestEpoch[frozen]));
      frozen++;
    }
    return stopped;
  }
}
