package io.blockwise.model.network;

import static io.blockwise.model.spec.RateScale.WARM_UP_STEPS;

import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.RateScale;

/**
 * The learning rate of one block on one worker, step by step: its optimiser's schedule, times the
 * factor for the number of workers. The factor falls at once when workers leave. It rises over the
 * first {@link RateScale#WARM_UP} of the run, and at any time by no more in a step than what takes
 * {@link RateScale#WARM_UP_STEPS} of the worker's steps from 1 on: so within as many where workers
 * come later. Used by the block's thread.
 */
public final class LearningRate {
  private final OptimiserSpec optimiser;
  private final long examplesOfRun;
  private final RateScale scale;
  private double reached = 1;

  /**
   * @param examplesOfRun that all workers together train on
   */
  public LearningRate(OptimiserSpec optimiser, long examplesOfRun, RateScale scale) {
    this.optimiser = optimiser;
    this.examplesOfRun = examplesOfRun;
    this.scale = scale;
  }

  /**
   * The rate of the next step.
   *
   * @param examples of the run so far
   * @param workers among which the block is averaged, at least 1
   */
  double next(long examples, int workers) {
    double progress = (double) examples / examplesOfRun;
    double factor = Math.min(reached, scale.factor(workers, progress));
    double full = scale.full(workers);
    reached = Math.min(full, reached + (full - 1) / WARM_UP_STEPS);
    return optimiser.learningRateAt(progress) * factor;
  }
}
