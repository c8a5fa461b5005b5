package io.blockwise.model.averaging.ledger;

import io.blockwise.model.averaging.AveragingOptions;

/**
 * How many batches workers train on between two pushes: all of them {@code H}, or by speed {@code
 * H_w = clamp(round(H v / v90), max(1, H / 4), H)}, so that a slower one's changes do not grow
 * older than the others'. A worker whose pushes are always dropped has that divided.
 *
 * <p>{@code v} is a worker's speed in examples per second. Batches are as large for all, so that it
 * follows from the time of a step. {@code v90} is the speed that no more than a tenth of the
 * members exceed. Whose speed is not known yet has {@code H}. Used under the ledger's lock.
 */
final class Periods {
  private static final int MOST_FASTER = 10; // one of so many
  private static final int LEAST = 4; // one part of so many

  private final AveragingOptions options;

  Periods(AveragingOptions options) {
    this.options = options;
  }

  /** The period of a worker among the members, at least 1. */
  int of(WorkerSlot worker, Roster roster) {
    int period = options.periodBySpeed() ? bySpeed(worker, roster) : options.period();
    return Math.max(1, period / worker.periodDivisor());
  }

  private int bySpeed(WorkerSlot worker, Roster roster) {
    long[] ascending = roster.stepNanos();
    if (worker.stepNanos() == 0 || ascending.length == 0) {
      return options.period();
    }
    double share = (double) ascending[ascending.length / MOST_FASTER] / worker.stepNanos();
    long period = Math.round(options.period() * Math.min(1, share));
    return (int) Math.max(Math.max(1, options.period() / LEAST), period);
  }
}
