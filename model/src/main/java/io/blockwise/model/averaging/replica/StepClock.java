package io.blockwise.model.averaging.replica;

import java.util.function.LongSupplier;

/**
 * Times the batches of one block between its pushes. A lease's first batch, during which libraries
 * warm up and the first rows are read, counts only where a push comes directly behind it. Used by
 * the block's thread.
 */
final class StepClock {
  private final LongSupplier nanoClock;
  private long since;
  private long until;
  private int batches;
  private boolean hasFirst;
  private long stepNanos;

  /**
   * @param nanoClock monotonic time in nanoseconds
   */
  StepClock(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** A lease begins. */
  void begin() {
    since = nanoClock.getAsLong();
    batches = 0;
    hasFirst = true;
  }

  /** A batch has ended. */
  void batchEnded() {
    if (hasFirst && batches == 1) {
      hasFirst = false;
      since = until;
      batches = 0;
    }
    until = nanoClock.getAsLong();
    batches++;
  }

  /**
   * Mean time of the batches since the last call, with which the count begins anew; what it was
   * then if there were none.
   */
  long lap() {
    if (batches > 0) {
      stepNanos = (until - since) / batches;
      since = until;
      batches = 0;
      hasFirst = false;
    }
    return stepNanos;
  }
}
