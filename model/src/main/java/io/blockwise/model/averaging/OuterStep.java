package io.blockwise.model.averaging;

import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import java.util.function.IntToDoubleFunction;

/**
 * The outer optimiser: what the mean difference {@code D} of a round does to the ledger's value
 * {@code g}. With {@code m <- mu m + D}: Nesterov {@code g <- g + eta (D + mu m)}, SGD {@code g <-
 * g + eta m}; without an optimiser {@code g <- g + D}. Used under the ledger's lock.
 */
final class OuterStep {
  private final OuterOptimiser optimiser;
  private final double mu;
  private final double eta;
  private FloatVector m;

  /**
   * @param momentum where it starts; empty for zeros
   */
  OuterStep(AveragingOptions.Outer outer, FloatVector momentum) {
    this.optimiser = outer.optimiser();
    this.mu = outer.momentum();
    this.eta = outer.rate();
    this.m = momentum;
  }

  /** The momentum; empty before the first step, and without an optimiser. */
  FloatVector momentum() {
    return m;
  }

  /**
   * A moved value, and the momentum that goes with it.
   *
   * @param momentum empty without an optimiser
   */
  record Moved(FloatVector value, FloatVector momentum) {}

  /** The moved value. Changes nothing here until it is kept. */
  Moved moved(FloatVector from, IntToDoubleFunction mean) {
    float[] g = from.shared();
    float[] moved = new float[g.length];
    if (optimiser == OuterOptimiser.NONE) {
      for (int i = 0; i < g.length; i++) {
        moved[i] = (float) (g[i] + mean.applyAsDouble(i));
      }
      return new Moved(FloatVector.owning(moved), m);
    }
    float[] before = m.length() == 0 ? new float[g.length] : m.shared();
    float[] after = new float[g.length];
    for (int i = 0; i < g.length; i++) {
      double d = mean.applyAsDouble(i);
      double momentum = mu * before[i] + d;
      after[i] = (float) momentum;
      moved[i] = (float) (g[i] + eta * step(d, momentum));
    }
    return new Moved(FloatVector.owning(moved), FloatVector.owning(after));
  }

  /** A value that takes the ledger's place as it is. */
  Moved replaced(FloatVector value) {
    return new Moved(value, m);
  }

  /** The value is the ledger's from now on; the momentum moves along if it can be used. */
  void keep(Moved moved) {
    if (moved.value().isFinite()) {
      m = moved.momentum();
    }
  }

  private double step(double d, double momentum) {
    return optimiser == OuterOptimiser.NESTEROV ? d + mu * momentum : momentum;
  }
}
