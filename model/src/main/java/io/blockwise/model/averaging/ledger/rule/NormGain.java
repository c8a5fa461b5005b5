package io.blockwise.model.averaging.ledger.rule;

import io.blockwise.model.averaging.ledger.rule.FoldRule.Contribution;
import io.blockwise.model.averaging.table.RowTable;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

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
 * <p>Of a table only the rows count that have changed in the round: of the others the changes are
 * zeros, and their sum as well. Used under the ledger's lock.
 */
final class NormGain {
  private static final double ALIKE = 1.01;
  private static final double[] NOTHING = new double[0];

  private double gain = 1;
  private long changesOfMembers;
  private Round round = Round.EMPTY;
  private double norms;
  private double[] sum = NOTHING;
  private final SortedMap<Integer, double[]> rows = new TreeMap<>();

  NormGain() {}

  NormGain(RuleMemento.Norm from) {
    gain = from.gain();
    changesOfMembers = from.changesOfMembers();
    round = from.round();
    norms = from.norms();
    sum = from.sum().toArray();
    from.rows().forEach((number, row) -> rows.put(number, row.toArray()));
  }

  RuleMemento.Norm memento() {
    SortedMap<Integer, RuleMemento.Doubles> sums = new TreeMap<>();
    rows.forEach((number, row) -> sums.put(number, RuleMemento.Doubles.copyOf(row)));
    return new RuleMemento.Norm(
        gain, changesOfMembers, round, norms, RuleMemento.Doubles.copyOf(sum), sums);
  }

  /** The factor on the next step of these members. */
  double now(Members members) {
    return changesOfMembers == members.changes() ? gain : 1;
  }

  /**
   * Notes a push that was folded.
   *
   * @param table of the block
   * @param share of the examples that its worker has
   */
  void add(Contribution one, RowTable table, double share, Members members) {
    if (changesOfMembers != members.changes()) {
      forget();
      changesOfMembers = members.changes();
    }
    int count = members.count();
    if (count == 1) {
      return; // a step is as long as its only change
    }
    norms += share * added(one, table.width(), share);
    round = round.with(one);
    if (round.isOver(count)) {
      endRound(count);
    }
  }

  /** Begins anew. */
  void forget() {
    gain = 1;
    sum = NOTHING; // not zeros: one that is alone needs no room for them
    rows.clear();
    beginRound();
  }

  /** Adds a difference to the sum; its norm. */
  private double added(Contribution one, int width, double share) {
    float[] difference = one.values().shared();
    int[] numbers = one.push().rows().shared();
    int others = difference.length - numbers.length * width;
    if (sum.length == 0) {
      sum = new double[others];
    }
    double squares = added(difference, 0, share, sum);
    for (int i = 0; i < numbers.length; i++) {
      double[] row = rows.computeIfAbsent(numbers[i], number -> new double[width]);
      squares += added(difference, others + i * width, share, row);
    }
    return Math.sqrt(squares);
  }

  /** Adds some of a difference to a sum; their squares. */
  private static double added(float[] difference, int first, double share, double[] into) {
    double squares = 0;
    for (int i = 0; i < into.length; i++) {
      double d = difference[first + i];
      into[i] += share * d;
      squares += d * d;
    }
    return squares;
  }

  private void endRound(int count) {
    gain = round.isStale() ? 1 : ofRound(count);
    Arrays.fill(sum, 0);
    rows.clear();
    beginRound();
  }

  private double ofRound(int count) {
    // infinite where changes cancel exactly
    double ratio = norms == 0 ? 1 : norms / norm();
    return ratio < ALIKE ? 1 : Math.min(ratio, Math.sqrt(count));
  }

  private double norm() {
    double squares = squares(sum);
    for (double[] row : rows.values()) {
      squares += squares(row);
    }
    return Math.sqrt(squares);
  }

  private static double squares(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    return squares;
  }

  private void beginRound() {
    round = Round.EMPTY;
    norms = 0;
  }
}
