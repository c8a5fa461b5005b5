package io.blockwise.job.config;

import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requireWithin;

/**
 * When a block stops to train before the others. Immutable.
 *
 * @param patience epochs without a rise of the block's validation accuracy; 0 for never
 * @param minDelta least rise that counts, 0..1
 */
public record StoppingSettings(int patience, double minDelta) {
  public StoppingSettings {
    requireAtLeast("stopping.patience", patience, 0);
    requireWithin("stopping.min-delta", minDelta, 0, 1);
  }

  /** Whether blocks stop at all. */
  public boolean isOn() {
    return patience > 0;
  }
}
