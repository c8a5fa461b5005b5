package io.blockwise.model.averaging.ledger.rule;

import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.engine.TensorTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Pools running means and variances as values of one population each: the variance of the pool is
 * the mean of the variances plus that of the means. Immutable, thread-safe.
 */
final class RunningStatistics {
  private static final String MEAN = ".running_mean";
  private static final String VARIANCE = ".running_var";

  private record Range(int mean, int variance, int length) {}

  private final List<Range> ranges = new ArrayList<>();

  /**
   * Finds the means and the variances that belong to them by their names, {@code
   * <layer>.running_mean} and {@code <layer>.running_var}.
   *
   * @throws IllegalArgumentException if a tensor is neither, or has no counterpart of its length
   */
  RunningStatistics(TensorTable table) {
    Map<String, TensorTable.Entry> byName =
        table.entries().stream()
            .collect(Collectors.toMap(TensorTable.Entry::name, Function.identity()));
    for (TensorTable.Entry entry : table.entries()) {
      TensorTable.Entry counterpart = byName.get(counterpart(entry.name()));
      if (counterpart == null || counterpart.length() != entry.length()) {
        throw new IllegalArgumentException(
            "Cannot pool "
                + entry.name()
                + ": no mean or variance with a counterpart (name them *"
                + MEAN
                + " and *"
                + VARIANCE
                + ")");
      }
      if (entry.name().endsWith(MEAN)) {
        ranges.add(new Range(entry.offset(), counterpart.offset(), entry.length()));
      }
    }
  }

  private static String counterpart(String name) {
    if (name.endsWith(MEAN)) {
      return name.substring(0, name.length() - MEAN.length()) + VARIANCE;
    }
    return name.endsWith(VARIANCE)
        ? name.substring(0, name.length() - VARIANCE.length()) + MEAN
        : "";
  }

  /**
   * Moves {@code pool} towards {@code statistics}: {@code e = mean_i - mean}; {@code var <- var + w
   * (var_i - var) + w (1 - w) e^2}; {@code mean <- mean + w e}. Equal statistics stay as they are.
   *
   * @param weight in (0, 1]
   */
  void fold(double[] pool, FloatVector statistics, double weight) {
    float[] other = statistics.shared();
    for (Range range : ranges) {
      for (int i = 0; i < range.length(); i++) {
        int mean = range.mean() + i;
        int variance = range.variance() + i;
        double apart = other[mean] - pool[mean];
        pool[variance] +=
            weight * (other[variance] - pool[variance]) + weight * (1 - weight) * apart * apart;
        pool[mean] += weight * apart;
      }
    }
  }

  /** The pool of the ledger's statistics and those of one push; a copy of these if weight is 1. */
  FloatVector pooled(FloatVector ledger, FloatVector pushed, double weight) {
    if (weight == 1) {
      return pushed;
    }
    double[] pool = widened(ledger);
    fold(pool, pushed, weight);
    return narrowed(pool);
  }

  static double[] widened(FloatVector statistics) {
    double[] pool = new double[statistics.length()];
    for (int i = 0; i < pool.length; i++) {
      pool[i] = statistics.at(i);
    }
    return pool;
  }

  static FloatVector narrowed(double[] pool) {
    float[] values = new float[pool.length];
    for (int i = 0; i < pool.length; i++) {
      values[i] = (float) pool[i];
    }
    return FloatVector.owning(values);
  }
}
