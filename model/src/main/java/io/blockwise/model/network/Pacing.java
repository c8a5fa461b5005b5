package io.blockwise.model.network;

import static io.blockwise.model.spec.RateScale.WARM_UP_STEPS;

import io.blockwise.model.engine.Pace;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.RateScale;
import io.blockwise.model.spec.StepScale;

/**
 * How far the steps of one block on one worker go, one after the other. The learning rate is its
 * optimiser's schedule, times the factor for the number of workers. The factor falls at once when
 * workers leave. It rises over the first {@link RateScale#WARM_UP} of the run, and at any time by
 * no more in a step than what takes {@link RateScale#WARM_UP_STEPS} of the worker's steps from 1
 * on: so within as many where workers come later. Used by the block's thread.
 */
public final class Pacing {
  private final OptimiserSpec optimiser;
  private final long examplesOfRun;
  private final StepScale scale;
  private double reached = 1;

  /**
   * @param examplesOfRun that all workers together train on
   */
  public Pacing(OptimiserSpec optimiser, long examplesOfRun, StepScale scale) {
    this.optimiser = optimiser;
    this.examplesOfRun = examplesOfRun;
    this.scale = scale;
  }

  /**
   * That of the next step.
   *
   * @param examples of the run so far
   * @param workers among which the block is averaged, at least 1
   */
  Pace next(long examples, int workers) {
    double progress = (double) examples / examplesOfRun;
    double factor = Math.min(reached, scale.rate().factor(workers, progress));
    double full = scale.rate().full(workers);
    reached = Math.min(full, reached + (full - 1) / WARM_UP_STEPS);
    return new Pace(optimiser.learningRateAt(progress) * factor, scale.noise().left(workers));
  }

  /** The factor for the number of workers that the next step may have. */
  double reached() {
    return reached;
  }

  /** Goes on from there. */
  void restore(double factor) {
    reached = factor;
  }
}
