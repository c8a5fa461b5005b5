package io.blockwise.model.averaging.ledger.rule;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.Push;
import java.util.function.LongSupplier;

/**
 * How long a round may go on waiting for the pushes that it lacks.
 *
 * <p>A time counts from the round's first push on. Grace counts for every push of the round from
 * its own arrival, and the first that ends ends the round: {@code gamma * max(0, H * step time -
 * round trip)}, by the clock of the push's worker, is a part of what remains until that worker's
 * next push is due, which nobody's wait shall hold up.
 *
 * <p>With grace, a round does not wait longer than rounds take either: the median of the latest
 * ones and 4 median absolute deviations. One that was given up counts with the whole grace that it
 * had, so that the deadline gives way when workers drift apart. Used under the ledger's lock.
 */
final class RoundWait {
  /** So that sums of times do not overflow; more than a hundred years. */
  private static final double LONGEST = Long.MAX_VALUE / 2.0;

  private final AveragingOptions.Quorum quorum;
  private final LongSupplier nanoClock;
  private final PastRounds past;
  private long firstAt;
  private long grace; // from there on, as is the deadline
  private long deadline;

  RoundWait(AveragingOptions.Quorum quorum, LongSupplier nanoClock, PastRounds past) {
    this.quorum = quorum;
    this.nanoClock = nanoClock;
    this.past = past;
  }

  /** How long the latest rounds of several took. */
  PastRounds past() {
    return past;
  }

  /** A push begins a round. */
  void begin(Push.Timing timing) {
    firstAt = nanoClock.getAsLong();
    grace = grace(timing);
    deadline = (long) Math.min(LONGEST, past.deadline()) + 1; // as long as that is not too long
  }

  /** Another push has come. */
  void join(Push.Timing timing) {
    grace = Math.min(grace, waited() + grace(timing));
  }

  /**
   * The round is folded.
   *
   * @param full whether it lacked nobody
   */
  void end(boolean full) {
    past.add(full ? waited() : grace);
  }

  private long grace(Push.Timing timing) {
    return (long) Math.min(LONGEST, quorum.gamma() * timing.slackNanos());
  }

  /** Nanoseconds that are left of the wait, 0 or less when it is over. */
  long nanosLeft() {
    return switch (quorum.longestWait().kind()) {
      case ALL -> Long.MAX_VALUE;
      case GRACE -> Math.min(grace, deadline) - waited();
      case TIME -> quorum.longestWait().atMost().toNanos() - waited();
    };
  }

  private long waited() {
    return nanoClock.getAsLong() - firstAt;
  }
}
