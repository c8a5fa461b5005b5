package io.blockwise.job.worker;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long a count has stood still, as seen by somebody who looks at it now and then. Time in which
 * nobody looked, as while the whole process was stopped, does not count. Used by one thread.
 */
final class StandStill {
  private static final long LONGEST_LOOK = Duration.ofSeconds(5).toNanos();

  private final LongSupplier nanoTime;
  private long count;
  private long lastLook;
  private long stillNanos;

  /** Begins now, whatever the count has been before. */
  StandStill(long count, LongSupplier nanoTime) {
    this.count = count;
    this.nanoTime = nanoTime;
    lastLook = nanoTime.getAsLong();
  }

  /** Looks at the count; returns for how long it has been the same. */
  Duration look(long now) {
    long time = nanoTime.getAsLong();
    stillNanos = now == count ? stillNanos + Math.min(time - lastLook, LONGEST_LOOK) : 0;
    lastLook = time;
    count = now;
    return Duration.ofNanos(stillNanos);
  }
}
