package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.StateVectors;
import io.blockwise.model.spec.OptimiserSpec;
import org.bytedeco.pytorch.Tensor;

/** Turns a block's gradient into a step, both whole vectors. Used by one thread. */
interface Optimiser extends StateVectors.Vector, AutoCloseable {
  /** The optimiser of a specification, for so many parameters. */
  static Optimiser of(OptimiserSpec spec, int length, Host host) {
    if (spec instanceof OptimiserSpec.Adam adam) {
      return new AdamOptimiser(adam, length, host);
    }
    if (spec instanceof OptimiserSpec.Sgd sgd) {
      return new SgdOptimiser(sgd, length, host);
    }
    throw new AssertionError("optimiser without a translation: " + spec);
  }

  /** One step down the gradient, which it may overwrite. */
  void step(Tensor values, Tensor gradient, double learningRate);

  @Override
  void close();
}
