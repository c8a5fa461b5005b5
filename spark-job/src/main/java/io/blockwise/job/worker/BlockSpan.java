package io.blockwise.job.worker;

import static io.blockwise.base.Checks.requireWithin;

import java.io.Serializable;

/**
 * The part of a run in which a block trains, over which its schedule goes. Immutable.
 *
 * @param before examples of the run before it
 * @param examples of all workers together in it, at least 1
 */
public record BlockSpan(long before, long examples) implements Serializable {
  public BlockSpan {
    requireWithin("examples of a block", examples, 1, Long.MAX_VALUE);
  }

  /** Share of it that is over after so many examples of the run, 0..1. */
  public double progress(double examplesOfRun) {
    return Math.max(0, Math.min(1, (examplesOfRun - before) / examples));
  }
}
