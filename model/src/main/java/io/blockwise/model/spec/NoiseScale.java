package io.blockwise.model.spec;

/**
 * What Adam takes for the noise of a gradient, where the steps of several workers are averaged.
 * Nothing changes for one worker, nor for other optimisers.
 *
 * <p>Adam divides by the size of the worker's own gradients, the noise of its batches included. Of
 * the mean of {@code L} workers' gradients that noise has only {@code 1 / L} of the variance, so
 * that one Adam of the mean steps further where noise is larger than what is learned, and no
 * averaging of the workers' steps does.
 */
public enum NoiseScale {
  /** That of the worker's own gradients, as Adam has it. */
  NONE,
  /**
   * That of the mean over all workers: of the second moment what the square of the first does not
   * explain counts {@code 1 / L}.
   */
  WORKERS;

  /**
   * The share of the variance of a gradient's noise that is left.
   *
   * @param workers among which the block is averaged, at least 1
   * @return above 0, at most 1
   */
  public double left(int workers) {
    return this == NONE ? 1 : 1.0 / workers;
  }
}
