package io.blockwise.model.averaging.ledger.outer;

import io.blockwise.model.averaging.FloatVector;
import java.util.List;

/**
 * Changes of several workers, and the weight of each in their mean. All sums are in double
 * precision and in the order in which the changes were given, so that equal changes give equal
 * bits. Shares the vectors. Immutable.
 */
public final class WeightedChanges {
  private final double[] weights;
  private final float[][] changes;

  private WeightedChanges(double[] weights, float[][] changes) {
    this.weights = weights;
    this.changes = changes;
  }

  /** One change as it is. */
  public static WeightedChanges of(FloatVector change) {
    return new WeightedChanges(new double[] {1}, new float[][] {change.shared()});
  }

  /**
   * Changes weighted by the examples behind them.
   *
   * @param examples one number above 0 for each change
   */
  public static WeightedChanges of(List<FloatVector> changes, long[] examples) {
    double[] weights = new double[examples.length];
    double total = 0;
    for (long some : examples) {
      total += some;
    }
    for (int one = 0; one < weights.length; one++) {
      weights[one] = examples[one] / total;
    }
    return new WeightedChanges(
        weights, changes.stream().map(FloatVector::shared).toArray(float[][]::new));
  }

  /** How many changes. */
  int count() {
    return weights.length;
  }

  /** The mean of their values at {@code index}. */
  double mean(int index) {
    double mean = 0;
    for (int one = 0; one < weights.length; one++) {
      mean += weights[one] * changes[one][index];
    }
    return mean;
  }

  /** The mean of their lengths (Euclid's), of the {@code count} values from {@code first} on. */
  double meanLength(int first, int count) {
    double mean = 0;
    for (int one = 0; one < weights.length; one++) {
      double squares = 0;
      for (int i = first; i < first + count; i++) {
        squares += (double) changes[one][i] * changes[one][i];
      }
      mean += weights[one] * Math.sqrt(squares);
    }
    return mean;
  }
}
