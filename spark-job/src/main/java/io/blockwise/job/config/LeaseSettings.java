package io.blockwise.job.config;

import static io.blockwise.model.Checks.requireAtLeast;

/**
 * How long a worker trains before it reports. Immutable.
 *
 * @param seconds at most; 0 for one epoch
 */
public record LeaseSettings(int seconds) {
  public LeaseSettings {
    requireAtLeast("lease.seconds", seconds, 0);
  }
}
