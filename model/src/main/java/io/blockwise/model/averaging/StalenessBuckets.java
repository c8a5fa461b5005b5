package io.blockwise.model.averaging;

import java.util.Arrays;
import java.util.List;

/**
 * Counts of stalenesses by powers of two: below 1, 2, 4, 8, 16, and the rest. Used by one thread.
 */
final class StalenessBuckets {
  static final int COUNT = 6;

  private final long[] counts;
  private double sum;

  /** Goes on from these. */
  StalenessBuckets(double sum, List<Long> counts) {
    this.counts = counts.stream().mapToLong(Long::longValue).toArray();
    this.sum = sum;
  }

  void add(double staleness) {
    int bucket = staleness < 1 ? 0 : Math.getExponent(staleness) + 1;
    counts[Math.min(bucket, COUNT - 1)]++;
    sum += staleness;
  }

  double sum() {
    return sum;
  }

  List<Long> counts() {
    return Arrays.stream(counts).boxed().toList();
  }
}
