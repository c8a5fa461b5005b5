package io.blockwise.job.training.progress;

import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.averaging.ledger.PushCounts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The figures of an epoch as scalars with names, a group of names for every kind of figure. */
final class EpochScalars {
  private EpochScalars() {}

  /**
   * Scalars by their names; what is not known is NaN or missing.
   *
   * @param validation accuracy of the blocks that have joined
   * @param before what had become of each block's pushes before the epoch
   * @param after the same at its end
   */
  static Map<String, Double> of(
      EpochFigures epoch,
      List<Double> validation,
      List<PushCounts> before,
      List<PushCounts> after) {
    Map<String, Double> scalars = new LinkedHashMap<>();
    addAll(scalars, "loss", epoch.losses());
    addAll(scalars, "validation_accuracy", validation);
    for (int k = 0; k < after.size(); k++) {
      scalars.put(name("staleness", k), staleness(before.get(k), after.get(k)));
    }
    scalars.put("examples_per_second", epoch.examplesPerSecond());
    return scalars;
  }

  /** Accuracy on test, which is read once, by block. */
  static Map<String, Double> ofTest(Metrics metrics) {
    Map<String, Double> scalars = new LinkedHashMap<>();
    addAll(scalars, "test_accuracy", metrics.test().accuracy());
    return scalars;
  }

  private static void addAll(Map<String, Double> scalars, String group, List<Double> ofBlocks) {
    for (int k = 0; k < ofBlocks.size(); k++) {
      if (ofBlocks.get(k) != null) {
        scalars.put(name(group, k), ofBlocks.get(k));
      }
    }
  }

  private static String name(String group, int index) {
    return group + "/block_" + (index + 1);
  }

  /** Mean of the pushes that were accepted in the epoch, in rounds. */
  private static double staleness(PushCounts before, PushCounts after) {
    long accepted = after.accepted() - before.accepted();
    return accepted == 0 ? Double.NaN : (after.stalenessSum() - before.stalenessSum()) / accepted;
  }
}
