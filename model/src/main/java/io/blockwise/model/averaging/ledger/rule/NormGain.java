package io.blockwise.model.averaging.ledger.rule;

import io.blockwise.model.averaging.ledger.rule.FoldRule.Contribution;
import java.util.Arrays;

/**
 * By how much a ledger's steps are lengthened so that they are as long as the changes that they are
 * the mean of. Nearly orthogonal changes of {@code L} workers have a mean that is shorter by {@code
 * sqrt(L)}, and equal ones one that is as long.
 *
 * <p>With every accepted push of difference {@code d}: {@code D <- D + share d}, {@code N <- N +
 * share |d|}, over the whole block and in double precision. A <em>round</em> ends when every member
 * has had a push accepted in it, at the latest after {@code 2 L} accepted pushes. Then {@code r = N
 * / |D|}, the gain is 1 if {@code r < 1.01} and {@code min(r, sqrt(L))} otherwise, and the next
 * round begins from zeros. With members that come or go, a push that is not finite, or a mean
 * staleness of a round's pushes above 2 rounds, everything is as in the beginning.
 *
 * <p>Used under the ledger's lock.
 */
final class NormGain {
  private static final double ALIKE = 1.01;
  private static final double[] NOTHING = new double[0];

  private double gain = 1;
  private long changesOfMembers;
  private Round round = Round.EMPTY;
  private double norms;
  private double[] sum = NOTHING;

  NormGain() {}

  NormGain(RuleMemento.Norm from) {
    gain = from.gain();
    changesOfMembers = from.changesOfMembers();
    round = from.round();
    norms = from.norms();
    sum = from.sum().toArray();
  }

  RuleMemento.Norm memento() {
    return new RuleMemento.Norm(
        gain, changesOfMembers, round, norms, RuleMemento.Doubles.copyOf(sum));
  }

  /** The factor on the next step of these members. */
  double now(Members members) {
    return changesOfMembers == members.changes() ? gain : 1;
  }

  /**
   * Notes a push that was folded.
   *
   * @param share of the examples that its worker has
   */
  void add(Contribution one, double share, Members members) {
    if (changesOfMembers != members.changes()) {
      forget();
      changesOfMembers = members.changes();
    }
    int count = members.count();
    if (count == 1) {
      return; // a step is as long as its only change
    }
    norms += share * added(one.values().shared(), share);
    round = round.with(one);
    if (round.isOver(count)) {
      endRound(count);
    }
  }

  /** Begins anew. */
  void forget() {
    gain = 1;
    sum = NOTHING; // not zeros: one that is alone needs no room for them
    beginRound();
  }

  /** Adds a difference to the sum; its norm. */
  private double added(float[] difference, double share) {
    if (sum.length == 0) {
      sum = new double[difference.length];
    }
    double squares = 0;
    for (int i = 0; i < difference.length; i++) {
      double d = difference[i];
      sum[i] += share * d;
      squares += d * d;
    }
    return Math.sqrt(squares);
  }

  private void endRound(int count) {
    gain = round.isStale() ? 1 : ofRound(count);
    Arrays.fill(sum, 0);
    beginRound();
  }

  private double ofRound(int count) {
    // infinite where changes cancel exactly
    double ratio = norms == 0 ? 1 : norms / norm(sum);
    return ratio < ALIKE ? 1 : Math.min(ratio, Math.sqrt(count));
  }

  private static double norm(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }

  private void beginRound() {
    round = Round.EMPTY;
    norms = 0;
  }
}
