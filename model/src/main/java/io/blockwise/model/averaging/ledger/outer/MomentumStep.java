package io.blockwise.model.averaging.ledger.outer;

import io.blockwise.model.averaging.FloatVector;

/**
 * Gradient descent with momentum, the mean change {@code D} being the gradient: {@code m <- mu m +
 * D}; Nesterov {@code g <- g + eta (D + mu m)}, else {@code g <- g + eta m} (design §5; Nesterov's
 * as in DiLoCo, Douillard et al., 2023). Immutable.
 *
 * @param mu momentum, in [0, 1)
 * @param eta rate, above 0
 */
record MomentumStep(double mu, double eta, boolean nesterov) implements OuterStep {
  @Override
  public Moved moved(FloatVector from, FloatVector momentum, WeightedChanges changes) {
    float[] g = from.shared();
    float[] before = momentum.length() == 0 ? new float[g.length] : momentum.shared();
    float[] after = new float[g.length];
    float[] moved = new float[g.length];
    for (int i = 0; i < g.length; i++) {
      double d = changes.mean(i);
      double m = mu * before[i] + d;
      after[i] = (float) m;
      moved[i] = (float) (g[i] + eta * (nesterov ? d + mu * m : m));
    }
    return new Moved(FloatVector.owning(moved), FloatVector.owning(after));
  }
}
