package io.blockwise.model.averaging.ledger;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.Push;
import java.util.function.LongSupplier;

/**
 * How long a round may go on waiting for the pushes that it lacks.
 *
 * <p>A time counts from the round's first push on. Grace counts for every push of the round from
 * its own arrival, and the first that ends ends the round: {@code gamma * max(0, H * step time -
 * round trip)}, by the clock of the push's worker, is a part of what remains until that worker's
 * next push is due, which nobody's wait shall hold up. Used under the ledger's lock.
 */
final class RoundWait {
  /** So that sums of times do not overflow; more than a hundred years. */
  private static final double LONGEST = Long.MAX_VALUE / 2.0;

  private final AveragingOptions.Quorum quorum;
  private final LongSupplier nanoClock;
  private long firstAt;
  private long graceEnd;

  RoundWait(AveragingOptions.Quorum quorum, LongSupplier nanoClock) {
    this.quorum = quorum;
    this.nanoClock = nanoClock;
  }

  /** A push begins a round. */
  void begin(Push.Timing timing) {
    firstAt = nanoClock.getAsLong();
    graceEnd = firstAt + grace(timing);
  }

  /** Another push has come. */
  void join(Push.Timing timing) {
    long end = nanoClock.getAsLong() + grace(timing);
    graceEnd = end - graceEnd < 0 ? end : graceEnd;
  }

  private long grace(Push.Timing timing) {
    return (long) Math.min(LONGEST, quorum.gamma() * timing.slackNanos());
  }

  /** Nanoseconds that are left of the wait, 0 or less when it is over. */
  long nanosLeft() {
    return switch (quorum.longestWait().kind()) {
      case ALL -> Long.MAX_VALUE;
      case GRACE -> graceEnd - nanoClock.getAsLong();
      case TIME -> firstAt + quorum.longestWait().atMost().toNanos() - nanoClock.getAsLong();
    };
  }
}
