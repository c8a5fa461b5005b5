package io.blockwise.model.averaging.ledger.rule;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.Push;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How long a round may go on waiting for the pushes that it lacks.
 *
 * <p>A time counts from the round's first push on. Grace counts for every push of the round from
 * its own arrival, and the first that ends ends the round: {@code gamma * max(0, H * step time -
 * round trip)}, by the clock of the push's worker, is a part of what remains until that worker's
 * next push is due, which nobody's wait shall hold up. A push that is withdrawn takes its times
 * with it.
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
  private final Map<Integer, Arrival> arrivals = new HashMap<>();
  private long deadline; // nanoseconds from the first of them on

  RoundWait(AveragingOptions.Quorum quorum, LongSupplier nanoClock, PastRounds past) {
    this.quorum = quorum;
    this.nanoClock = nanoClock;
    this.past = past;
  }

  /** When a push came, and nanoseconds that it may stay in its round. */
  private record Arrival(long at, long grace) {}

  /** How long the latest rounds of several took. */
  PastRounds past() {
    return past;
  }

  /** A worker's push has come. */
  void join(int worker, Push.Timing timing) {
    if (arrivals.isEmpty()) {
      deadline = (long) Math.min(LONGEST, past.deadline()) + 1; // as long as that is not too long
    }
    arrivals.put(worker, new Arrival(nanoClock.getAsLong(), grace(timing)));
  }

  /** A worker's push is withdrawn, and all that it meant for the wait. */
  void leave(int worker) {
    arrivals.remove(worker);
  }

  /**
   * The round of all who joined it is folded.
   *
   * @param needed pushes that make it full; nobody waited where that is one
   */
  void end(int needed) {
    if (needed > 1) {
      long now = nanoClock.getAsLong();
      past.add(waited(now) + (arrivals.size() >= needed ? 0 : graceLeft(now)));
    }
    arrivals.clear();
  }

  private long grace(Push.Timing timing) {
    return (long) Math.min(LONGEST, quorum.gamma() * timing.slackNanos());
  }

  /** Nanoseconds that are left of the wait, 0 or less when it is over; no end without a push. */
  long nanosLeft() {
    if (arrivals.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long now = nanoClock.getAsLong();
    return switch (quorum.longestWait().kind()) {
      case ALL -> Long.MAX_VALUE;
      case GRACE -> Math.min(graceLeft(now), deadline - waited(now));
      case TIME -> quorum.longestWait().atMost().toNanos() - waited(now);
    };
  }

  private long graceLeft(long now) {
    return arrivals.values().stream()
        .mapToLong(one -> one.grace - (now - one.at))
        .min()
        .orElseThrow();
  }

  /** Nanoseconds since the first push of those that are still in the round. */
  private long waited(long now) {
    return arrivals.values().stream().mapToLong(one -> now - one.at).max().orElseThrow();
  }
}
