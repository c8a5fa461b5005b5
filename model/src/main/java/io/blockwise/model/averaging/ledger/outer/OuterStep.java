package io.blockwise.model.averaging.ledger.outer;

import io.blockwise.model.averaging.AveragingOptions.Outer;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.engine.TensorTable;

/**
 * What changes of workers do to the ledger's value {@code g}; {@code D} is their weighted mean.
 * Running statistics never pass through here. Implementations are immutable.
 */
@FunctionalInterface
public interface OuterStep {
  /** {@code g <- g + D}. */
  OuterStep ADD =
      (from, momentum, changes) -> {
        float[] g = from.shared();
        float[] moved = new float[g.length];
        for (int i = 0; i < g.length; i++) {
          moved[i] = (float) (g[i] + changes.mean(i));
        }
        return new Moved(FloatVector.owning(moved), momentum);
      };

  /**
   * A moved value, and the momentum that goes with it. Immutable.
   *
   * @param momentum {@code m}; empty for zeros, and without a momentum
   */
  record Moved(FloatVector value, FloatVector momentum) {}

  /**
   * Makes a step; neither vector that it starts from is changed.
   *
   * @param from {@code g}
   * @param momentum as the last step left it; empty for zeros
   * @param changes at least as long as {@code g} each, whose values come first
   */
  Moved moved(FloatVector from, FloatVector momentum, WeightedChanges changes);

  /**
   * The step of an optimiser.
   *
   * @param parameters names the tensors of {@code g}
   */
  static OuterStep of(Outer outer, TensorTable parameters) {
    return switch (outer.optimiser()) {
      case NONE, DELAYED -> ADD; // what is delayed comes at the end of a round of its own
      case NESTEROV, SGD ->
          new MomentumStep(
              outer.momentum(), outer.rate(), outer.optimiser() == OuterOptimiser.NESTEROV);
      case RDA -> new RadialStep(parameters);
    };
  }
}
