package io.blockwise.job.config;

import static io.blockwise.base.Checks.requirePositive;

import java.time.Duration;

/**
 * How runs of one model keep out of each other's way. Immutable.
 *
 * @param lockExpiry time without a sign of life after which the lock of a run is taken over
 */
public record RunSettings(Duration lockExpiry) {
  public RunSettings {
    requirePositive("run.lock-expiry", lockExpiry);
  }
}
