package io.blockwise.job.training;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.ClassWeightSettings;
import io.blockwise.job.config.ClassWeightSettings.Rule;
import io.blockwise.job.config.ClassWeightSettings.Weight;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.NetworkSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What rows of a data set count: by their class, and by weights of their own. */
public final class RowWeights {
  /** Classes that are named where none fits. */
  private static final int SHOWN = 10;

  private RowWeights() {}

  /**
   * A network in whose cross-entropies rows count by their class, as the settings say.
   *
   * @throws UserException if a class is not the data set's, or rows have weights of either kind and
   *     the network has no cross-entropy against labels
   */
  public static NetworkSpec in(
      NetworkSpec network, ClassWeightSettings settings, Manifest manifest) {
    if (manifest.schema().hasWeights() && !hasEntropy(network)) {
      throw UserException.invalid(
          "data.weight-column",
          manifest.options().get("data.weight-column"),
          "must be empty where no loss has a cross-entropy against labels");
    }
    if (!settings.isOn()) {
      return network;
    }
    if (!hasEntropy(network)) {
      throw UserException.invalid(
          "training.class-weights.rule",
          Names.of(settings.rule()),
          "must be none, without training.class-weights.of, where no loss has a cross-entropy"
              + " against labels");
    }
    return network.weighing(of(settings, manifest));
  }

  /**
   * Weight of every class, in the order of their numbers.
   *
   * @throws UserException if a class is not the data set's
   */
  static List<Double> of(ClassWeightSettings settings, Manifest manifest) {
    List<Long> rows = manifest.split(Split.TRAIN).rowsPerClass();
    double mean = (double) manifest.split(Split.TRAIN).rows() / rows.size();
    List<Double> weights = new ArrayList<>();
    for (long ofClass : rows) {
      weights.add(settings.rule() == Rule.BALANCED ? mean / Math.max(1, ofClass) : 1);
    }
    for (Weight weight : settings.of()) {
      int index = manifest.classes().indexOf(weight.name());
      if (index < 0) {
        throw unknown(weight.name(), manifest.classes());
      }
      weights.set(index, weights.get(index) * weight.weight());
    }
    return weights;
  }

  private static UserException unknown(String name, List<String> classes) {
    String more = classes.size() > SHOWN ? " and " + (classes.size() - SHOWN) + " more" : "";
    String known = classes.stream().limit(SHOWN).collect(Collectors.joining(", "));
    return UserException.invalid(
        "training.class-weights.of", name, "must name classes of the data set: " + known + more);
  }

  private static boolean hasEntropy(NetworkSpec network) {
    List<BlockSpec> blocks = network.blocks();
    return IntStream.range(0, blocks.size())
        .anyMatch(k -> blocks.get(k).loss().comparesWithLabels(k == 0));
  }

  /**
   * A line, where some of what blocks learn by is not weighted.
   *
   * @param rows that the network trains on
   */
  static Optional<String> notice(NetworkSpec network, RowSchema rows) {
    String others =
        network.blocks().stream()
            .filter(block -> rows.hasWeights() || !block.exit().classWeights().isEmpty())
            .map(BlockSpec::loss)
            .filter(loss -> !loss.comparesWithLabelsAlone())
            .map(loss -> Names.of(loss.getClass()))
            .distinct()
            .collect(Collectors.joining(" and "));
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Weights are in cross-entropies only: the other terms of "
                + others
                + " compare rows, and count all alike");
  }
}
