package io.blockwise.job.trace;

import io.blockwise.model.network.Timeline.Activity;

/**
 * Something that a block did. Immutable.
 *
 * @param block from 1
 * @param batch its number in the lease, from 1
 * @param from nanoseconds since the trace began
 * @param to the same at the end
 */
record Span(int block, Activity what, long batch, long from, long to) {
  /** Whether it computes. */
  boolean isBusy() {
    return switch (what) {
      case TRAIN, FORWARD, BACK -> true;
      case AVERAGE, WAIT_FOR_BATCH, WAIT_FOR_NEXT -> false;
    };
  }

  /** The lane that it is drawn in: its block, or 0 for the thread that goes forward for all. */
  int lane() {
    return what == Activity.FORWARD ? 0 : block;
  }
}
