package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.StateVectors;
import io.blockwise.model.spec.OptimiserSpec;

/** Turns a block's gradients into a step. Used by one thread. */
interface Optimiser extends StateVectors.Vector, AutoCloseable {
  /** The optimiser of a specification for the given parameters. */
  static Optimiser of(OptimiserSpec spec, Parameters parameters) {
    if (spec instanceof OptimiserSpec.Adam adam) {
      return new AdamOptimiser(adam, parameters);
    }
    if (spec instanceof OptimiserSpec.AdamW adamW) {
      return new AdamOptimiser(adamW, parameters);
    }
    if (spec instanceof OptimiserSpec.Sgd sgd) {
      return new SgdOptimiser(sgd, parameters);
    }
    if (spec instanceof OptimiserSpec.Lars lars) {
      return new LarsOptimiser(lars, parameters);
    }
    throw new AssertionError("optimiser without a translation: " + spec);
  }

  /** One step down the clipped gradients, with weight decay; may overwrite them. */
  void step(Pace pace);

  @Override
  default StateKind kind() {
    return StateKind.OPTIMISER;
  }

  @Override
  void close();
}
