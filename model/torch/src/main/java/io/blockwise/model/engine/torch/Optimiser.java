package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.StateVectors;
import io.blockwise.model.spec.OptimiserSpec;
import org.bytedeco.pytorch.Tensor;

/** Turns a block's gradient into a step, both whole vectors. Used by one thread. */
interface Optimiser extends StateVectors.Vector, AutoCloseable {
  /** The optimiser of a specification, for parameters that lie so. */
  static Optimiser of(OptimiserSpec spec, AlignedTable parameters, Host host) {
    if (spec instanceof OptimiserSpec.Adam adam) {
      return new AdamOptimiser(adam, parameters, host);
    }
    if (spec instanceof OptimiserSpec.AdamW adamW) {
      return new AdamOptimiser(adamW, parameters, host);
    }
    if (spec instanceof OptimiserSpec.Sgd sgd) {
      return new SgdOptimiser(sgd, parameters, host);
    }
    if (spec instanceof OptimiserSpec.Lars lars) {
      return new LarsOptimiser(lars, parameters, host);
    }
    throw new AssertionError("optimiser without a translation: " + spec);
  }

  /**
   * One step down the gradient, which it may overwrite: clipped, then with weight decay. Where
   * values and gradient are 0, as in the gaps between tensors, values stay 0. A step that is to be
   * skipped changes neither values nor state, whatever is in the gradient.
   */
  void step(Tensor values, Tensor gradient, Pace pace, Guard guard);

  @Override
  default StateKind kind() {
    return StateKind.OPTIMISER;
  }

  @Override
  void close();
}
