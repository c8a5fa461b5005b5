package io.blockwise.job.exchange;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What workers may make the driver hold for them, and for how long. Immutable.
 *
 * @param chunkBytes of one piece of a value
 * @param memory for pushes that are incomplete or wait to be folded, for rows that are encoded for
 *     one worker, and for old values that are still read
 * @param longestIdle time after which a half-sent push, or a value that is half read or not read at
 *     all, is dropped if nothing more is sent or asked for
 * @param nanoClock monotonic, such as {@code System::nanoTime}
 */
record ExchangeLimits(
    int chunkBytes, MemoryBudget memory, Duration longestIdle, LongSupplier nanoClock) {
  /** The time now. */
  long now() {
    return nanoClock.getAsLong();
  }

  /** What was last touched before this time is dropped. */
  long idleSince() {
    return now() - longestIdle.toNanos();
  }
}
