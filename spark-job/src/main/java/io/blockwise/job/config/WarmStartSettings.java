package io.blockwise.job.config;

import static io.blockwise.base.Checks.requireAtLeast;

/**
 * Whether a run begins with the weights of the version of its model that is published. Immutable.
 *
 * @param from where the weights come from
 * @param frozen first blocks that stay as they are, at least 0 and fewer than all
 */
public record WarmStartSettings(From from, int frozen) {
  public WarmStartSettings {
    requireAtLeast("warm-start.frozen", frozen, 0);
  }

  /** Where weights come from. */
  public enum From {
    /** They are drawn anew. */
    NONE,
    /** The published version, if there is one. */
    LATEST
  }

  /** Whether they come from a version. */
  public boolean isOn() {
    return from != From.NONE;
  }
}
