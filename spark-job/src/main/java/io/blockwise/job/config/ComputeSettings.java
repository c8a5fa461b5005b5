package io.blockwise.job.config;

import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.model.spec.Precision;

/**
 * What computes. Immutable.
 *
 * @param threads of every worker's numerical library, from 0, which is an even share of the cores
 */
public record ComputeSettings(
    EngineName engine, Precision precision, DeviceName device, int threads) {
  /** More than any machine has cores; far more than that end in a crash of the library. */
  private static final int MOST_THREADS = 1024;

  public ComputeSettings {
    requireWithin("threads", threads, 0, MOST_THREADS);
  }

  EngineChoice choice() {
    return new EngineChoice(engine, precision);
  }
}
