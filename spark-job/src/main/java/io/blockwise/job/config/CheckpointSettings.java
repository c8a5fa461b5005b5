package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;

import java.time.Duration;

/**
 * How often a run keeps what it needs to go on after its driver is gone. Immutable.
 *
 * @param interval between two checkpoints, each at the next lease border after it; zero for none
 * @param keep newest ones that stay, at least 1
 */
public record CheckpointSettings(Duration interval, int keep) {
  /** No checkpoints. */
  public static final CheckpointSettings NONE = new CheckpointSettings(Duration.ZERO, 1);

  public CheckpointSettings {
    if (interval.isNegative()) {
      throw invalid("checkpoint.interval", interval, "must be at least 0s");
    }
    requireAtLeast("checkpoint.keep", keep, 1);
  }

  /** Whether there are any. */
  public boolean areKept() {
    return !interval.isZero();
  }
}
