package io.blockwise.model.spec;

/**
 * How learning rates grow with the workers among which a block is averaged. Nothing changes for one
 * worker.
 */
public enum RateScale {
  /** Not at all. */
  NONE,
  /**
   * With the square root of their number, up to {@link #MOST}: each makes fewer steps of an epoch,
   * and the mean of their changes is shorter than each.
   */
  SQRT_WORKERS;

  /** Largest factor. */
  public static final double MOST = 4;

  /** Share of the run over which the factor rises from 1. */
  public static final double WARM_UP = 0.02;

  /** Steps of a worker over which the factor rises from 1 at least. */
  public static final int WARM_UP_STEPS = 10;

  /**
   * The factor of a worker that has warmed up.
   *
   * @param workers at least 1
   */
  public double full(int workers) {
    return this == NONE ? 1 : Math.min(MOST, Math.sqrt(workers));
  }

  /**
   * The factor of a worker that has made its first steps.
   *
   * @param workers at least 1
   * @param progress of the run, 0..1
   */
  public double factor(int workers, double progress) {
    return 1 + (full(workers) - 1) * Math.min(1, Math.max(0, progress / WARM_UP));
  }
}
