package io.blockwise.model.averaging;

/** What became of a worker's latest push. */
public enum Verdict {
  /** Nothing yet: no push of this lease has been decided. */
  NONE(false),
  /** Its difference has moved the ledger's value. */
  FOLDED(true),
  /** It has become the ledger's value as it was. */
  COPIED(true),
  /** It was too stale and changed nothing. */
  DROPPED(true),
  /** It carried nothing: its sender has had its turn in the round. */
  PASSED(true),
  /** It was a copy, but the value has moved or others are at work: send the difference. */
  COPY_REFUSED(false),
  /**
   * It held something that is not finite, or would have led to it: start from the ledger. In
   * lock-step it was its sender's turn in the round, without weight.
   */
  NON_FINITE(false),
  /** The lease has ended or been replaced: nothing that its holder sends counts. */
  FENCED(false);

  private final boolean settles;

  Verdict(boolean settles) {
    this.settles = settles;
  }

  /** Whether the push is done with, so that a value may be adopted. */
  public boolean settles() {
    return settles;
  }
}
