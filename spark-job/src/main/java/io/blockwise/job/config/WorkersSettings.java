package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requirePositive;

import java.time.Duration;

/**
 * How many workers there are, and how long a run waits for them. Immutable.
 *
 * <p>{@code workers = 2} is short for {@code workers.count = 2}.
 *
 * @param count at most so many, at least 1
 * @param min workers that must have found a place before the start, from 1 to {@code count}
 * @param startTimeout longest wait for a place, above 0
 * @param grace longest wait for one more executor once there are enough, above 0
 * @param idleTimeout time without a lease after which an executor drops a replica, above 0
 */
public record WorkersSettings(
    int count, int min, Duration startTimeout, Duration grace, Duration idleTimeout) {
  /** The section that may be given as a number. */
  static final String KEY = "workers";

  /** What that number means. */
  static final String COUNT = KEY + ".count";

  public WorkersSettings {
    requireAtLeast(COUNT, count, 1);
    requireAtLeast("workers.min", min, 1);
    if (min > count) {
      throw invalid("workers.min", min, "must be at most workers.count, which is " + count);
    }
    requirePositive("workers.start-timeout", startTimeout);
    requirePositive("workers.grace", grace);
    requirePositive("workers.idle-timeout", idleTimeout);
  }
}
