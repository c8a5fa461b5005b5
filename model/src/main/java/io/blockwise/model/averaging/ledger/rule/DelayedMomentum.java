package io.blockwise.model.averaging.ledger.rule;

import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.ledger.rule.FoldRule.Contribution;

/**
 * Momentum that is added once a round, so that no push is followed by it more than once, however
 * many workers there are (design §5; Delayed Nesterov, Liu et al., 2024). At the end of a {@link
 * Round} that has moved the ledger by {@code D}: {@code m <- beta m + D}, {@code g <- g + beta m},
 * {@code beta = 1 - 1/sqrt(L)}. After a round of stale pushes, a copy, or what is not finite, it
 * begins anew, from zeros. Used under the ledger's lock.
 */
final class DelayedMomentum {
  private Round round = Round.EMPTY;
  private FloatVector from = FloatVector.EMPTY;
  private FloatVector m = FloatVector.EMPTY;

  DelayedMomentum() {}

  DelayedMomentum(RuleMemento.Delayed saved) {
    round = saved.round();
    from = saved.from();
    m = saved.momentum();
  }

  RuleMemento.Delayed memento() {
    return new RuleMemento.Delayed(round, from, m);
  }

  /** Begins anew. */
  void forget() {
    begin(FloatVector.EMPTY, FloatVector.EMPTY);
  }

  /**
   * Notes a push, and makes the step of a round that is over with it.
   *
   * @param before the ledger's value before the push
   * @param folded with the push folded
   * @return the ledger's value after it
   */
  FloatVector after(FloatVector before, FloatVector folded, Contribution one, int members) {
    FloatVector start = from.length() == 0 ? before : from;
    Round sofar = round.with(one);
    if (one.isCopy()) {
      forget();
      return folded;
    }
    if (!sofar.isOver(members)) {
      from = start;
      round = sofar;
      return folded;
    }
    if (sofar.isStale()) {
      forget();
      return folded;
    }
    return step(start, folded, 1 - 1 / Math.sqrt(members));
  }

  private FloatVector step(FloatVector start, FloatVector folded, double beta) {
    float[] now = folded.shared();
    float[] before = m.length() == 0 ? new float[now.length] : m.shared();
    float[] after = new float[now.length];
    float[] moved = new float[now.length];
    for (int i = 0; i < now.length; i++) {
      double momentum = beta * before[i] + ((double) now[i] - start.at(i));
      after[i] = (float) momentum;
      moved[i] = (float) (now[i] + beta * momentum);
    }
    FloatVector value = FloatVector.owning(moved);
    begin(value, FloatVector.owning(after));
    return value;
  }

  private void begin(FloatVector value, FloatVector momentum) {
    round = Round.EMPTY;
    from = value;
    m = momentum;
  }
}
