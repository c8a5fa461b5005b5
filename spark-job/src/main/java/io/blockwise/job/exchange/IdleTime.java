package io.blockwise.job.exchange;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long a worker may leave something half done. Immutable.
 *
 * @param longest time after which it is dropped if nothing more comes
 * @param nanoClock monotonic, such as {@code System::nanoTime}
 */
record IdleTime(Duration longest, LongSupplier nanoClock) {
  long now() {
    return nanoClock.getAsLong();
  }

  /** What was last touched before is dropped. */
  long since() {
    return now() - longest.toNanos();
  }
}
