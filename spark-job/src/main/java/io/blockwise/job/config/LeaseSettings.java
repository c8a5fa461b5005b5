package io.blockwise.job.config;

import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requirePositive;

import java.time.Duration;

/**
 * How long a worker trains before it reports, and what happens when it does not. Immutable.
 *
 * @param seconds at most; 0 for one epoch
 * @param maxFailures of one worker in a row that end the run, at least 1
 * @param stallTimeout longest time in which a worker gets nothing done, above 0
 */
public record LeaseSettings(int seconds, int maxFailures, Duration stallTimeout) {
  public LeaseSettings {
    requireAtLeast("lease.seconds", seconds, 0);
    requireAtLeast("lease.max-failures", maxFailures, 1);
    requirePositive("lease.stall-timeout", stallTimeout);
  }
}
