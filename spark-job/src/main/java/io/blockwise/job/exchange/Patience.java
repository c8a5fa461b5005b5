package io.blockwise.job.exchange;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Pauses between questions, which grow, and the time after which to stop asking. One thread's. */
final class Patience {
  private static final long FIRST_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
  private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  private final long end;
  private long next = FIRST_NANOS;

  Patience(Duration atMost) {
    this.end = System.nanoTime() + atMost.toNanos();
  }

  boolean isOver() {
    return System.nanoTime() - end >= 0;
  }

  /** The next pause. */
  long nextNanos() {
    long pause = next;
    next = Math.min(LONGEST_NANOS, next + next / 2);
    return pause;
  }

  /** Sleeps; false, without having slept, if the time is over. */
  boolean pause() throws InterruptedException {
    long left = end - System.nanoTime();
    if (left <= 0) {
      return false;
    }
    TimeUnit.NANOSECONDS.sleep(Math.min(left, nextNanos()));
    return true;
  }
}
