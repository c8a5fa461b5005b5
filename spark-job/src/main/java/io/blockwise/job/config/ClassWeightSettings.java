package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requirePositive;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What rows of each class count in cross-entropies. Immutable.
 *
 * <p>Always true: no class is named twice.
 *
 * @param rule for all classes
 * @param of factors of single classes
 */
public record ClassWeightSettings(Rule rule, List<Weight> of) {
  public ClassWeightSettings {
    of = List.copyOf(of);
    Set<String> names = new HashSet<>();
    for (Weight weight : of) {
      if (!names.add(weight.name)) {
        throw invalid("training.class-weights.of", weight.name, "must name every class once");
      }
    }
  }

  /** What all classes count. */
  public enum Rule {
    /** The same. */
    NONE,
    /** The less the more rows of train they have, so that all count the same in an epoch. */
    BALANCED
  }

  /**
   * A class's factor. Immutable.
   *
   * @param name of the class in the data set
   * @param weight above 0
   */
  public record Weight(String name, double weight) {
    public Weight {
      requirePositive("weight", weight);
    }
  }

  /** Whether any class may count more than another. */
  public boolean isOn() {
    return rule != Rule.NONE || !of.isEmpty();
  }
}
