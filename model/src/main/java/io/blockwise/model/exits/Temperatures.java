package io.blockwise.model.exits;

import static io.blockwise.base.Checks.invalid;

import java.io.Serializable;
import java.util.List;

/**
 * What the scores of every exit are divided by before their softmax, so that its probabilities are
 * about as often right as they say (Guo 2017). No class changes by it. Immutable.
 *
 * @param values first exit to last, each above 0; empty if all are 1
 */
public record Temperatures(List<Double> values) implements Serializable {
  /** Scores as they are. */
  public static final Temperatures NONE = new Temperatures(List.of());

  public Temperatures {
    values = List.copyOf(values);
    for (double value : values) {
      if (!(value > 0 && value <= Double.MAX_VALUE)) {
        throw invalid("temperature", value, "must be above 0");
      }
    }
  }

  /** Of an exit, by its index from 0. */
  public double of(int exit) {
    return values.isEmpty() ? 1 : values.get(exit);
  }
}
