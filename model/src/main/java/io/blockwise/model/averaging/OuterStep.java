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
  private float[] m = new float[0];

  OuterStep(AveragingOptions.Outer outer) {
    this.optimiser = outer.optimiser();
    this.mu = outer.momentum();
    this.eta = outer.rate();
  }

  /** The moved value; the momentum moves along, unless that led to something not finite. */
  FloatVector moved(FloatVector from, IntToDoubleFunction mean) {
    float[] g = from.shared();
    float[] moved = new float[g.length];
    if (optimiser == OuterOptimiser.NONE) {
      for (int i = 0; i < g.length; i++) {
        moved[i] = (float) (g[i] + mean.applyAsDouble(i));
      }
      return FloatVector.owning(moved);
    }
    float[] before = m.length == 0 ? new float[g.length] : m;
    float[] after = new float[g.length];
    for (int i = 0; i < g.length; i++) {
      double d = mean.applyAsDouble(i);
      double momentum = mu * before[i] + d;
      after[i] = (float) momentum;
      moved[i] = (float) (g[i] + eta * step(d, momentum));
    }
    FloatVector value = FloatVector.owning(moved);
    m = value.isFinite() ? after : before;
    return value;
  }

  private double step(double d, double momentum) {
    return optimiser == OuterOptimiser.NESTEROV ? d + mu * momentum : momentum;
  }
}
