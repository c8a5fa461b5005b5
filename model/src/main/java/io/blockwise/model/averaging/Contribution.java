package io.blockwise.model.averaging;

/**
 * An admitted push with its values decoded: a difference, or the whole value if the push is a copy.
 * Immutable.
 *
 * @param staleness in rounds of all workers
 * @param values empty if the push has no weight
 * @param verdict on the push once its fold is made
 */
record Contribution(Push push, double staleness, FloatVector values, Verdict verdict) {
  /** A push that moves the ledger. */
  static Contribution of(Push push, double staleness, FloatVector values) {
    Verdict verdict = push.kind() == Push.Kind.COPY ? Verdict.COPIED : Verdict.FOLDED;
    return new Contribution(push, staleness, values, verdict);
  }

  /** A push that only takes its sender's turn in a round. */
  static Contribution withoutWeight(Push push, double staleness, Verdict verdict) {
    return new Contribution(push, staleness, FloatVector.EMPTY, verdict);
  }

  int worker() {
    return push.lease().worker();
  }

  boolean isCopy() {
    return verdict == Verdict.COPIED;
  }

  /** Whether it moves the ledger. */
  boolean hasWeight() {
    return isCopy() || verdict == Verdict.FOLDED;
  }
}
