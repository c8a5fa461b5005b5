package io.blockwise.model.averaging.ledger.rule;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * How long the latest rounds took from their first push to their last, from which follows how long
 * the next one can be expected to take. Used under the ledger's lock.
 */
final class PastRounds {
  private static final int KEPT = 16;
  private static final int ENOUGH = 8;
  private static final int DEVIATIONS = 4;

  private final Deque<Long> newestFirst;

  PastRounds(List<Long> newestFirst) {
    this.newestFirst = new ArrayDeque<>(newestFirst);
  }

  /** Notes a round. */
  void add(long nanos) {
    newestFirst.addFirst(nanos);
    if (newestFirst.size() > KEPT) {
      newestFirst.removeLast();
    }
  }

  List<Long> newestFirst() {
    return List.copyOf(newestFirst);
  }

  /**
   * The median and 4 times the median absolute deviation from it, in nanoseconds; infinite until
   * there are enough rounds to tell.
   */
  double deadline() {
    if (newestFirst.size() < ENOUGH) {
      return Double.POSITIVE_INFINITY;
    }
    double median = median(newestFirst.stream().mapToDouble(Long::doubleValue));
    double deviation = median(newestFirst.stream().mapToDouble(one -> Math.abs(one - median)));
    return median + DEVIATIONS * deviation;
  }

  private static double median(DoubleStream values) {
    double[] ascending = values.sorted().toArray();
    int middle = ascending.length / 2;
    return ascending.length % 2 == 1
        ? ascending[middle]
        : (ascending[middle - 1] + ascending[middle]) / 2;
  }
}
