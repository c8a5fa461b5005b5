package io.blockwise.model.averaging;

/**
 * A ledger's answer to a worker. It may have been written before the worker's latest push was
 * decided; {@link #decides} tells. An exchange that sends the state on its own removes it from the
 * answer and adds it again on the other side. Immutable.
 *
 * @param block number of the block
 * @param decided number of this lease's latest push that was decided, 0 if none was
 * @param verdict on that push, or {@link Verdict#FENCED} if the lease is not the worker's any more
 * @param yours whether the state is exactly the copy that this worker sent, so that it has nothing
 *     to adopt
 * @param standing of the worker among the others
 * @param state the newest; only its version counts (the vectors are empty) if it is {@code yours}
 *     or the push that was asked about is not settled
 */
public record Reply(
    int block, long decided, Verdict verdict, boolean yours, Standing standing, BlockState state) {
  /**
   * How a worker stands among the others. Made from {@link #NONE}, so that each number has its
   * name. Immutable.
   *
   * @param members workers that the averaging counts on, with or without a lease at the moment
   * @param ownExamples settled examples of this worker, over the whole run
   * @param otherExamples settled examples of all other workers, over the whole run
   * @param period batches between two pushes of the worker, at least 1
   */
  public record Standing(int members, long ownExamples, long otherExamples, int period) {
    /** Of a worker that nothing is known of. */
    public static final Standing NONE = new Standing(0, 0, 0, 1);

    /** The same among so many members. */
    public Standing withMembers(int count) {
      return new Standing(count, ownExamples, otherExamples, period);
    }

    /** The same with so many settled examples of its own. */
    public Standing withOwnExamples(long settled) {
      return new Standing(members, settled, otherExamples, period);
    }

    /** The same with so many settled examples of others. */
    public Standing withOtherExamples(long settled) {
      return new Standing(members, ownExamples, settled, period);
    }

    /** The same with another period. */
    public Standing withPeriod(int batches) {
      return new Standing(members, ownExamples, otherExamples, batches);
    }
  }

  /**
   * The answer to whoever does not have the lease any more.
   *
   * @param version of the newest state
   */
  public static Reply fenced(int block, int members, long version) {
    return new Reply(
        block,
        0,
        Verdict.FENCED,
        false,
        Standing.NONE.withMembers(members),
        BlockState.ofVersion(version));
  }

  /** Whether the fate of the push with this number is known. */
  public boolean decides(long sequence) {
    return decided >= sequence || verdict == Verdict.FENCED;
  }

  /** Workers that the averaging counts on. */
  public int members() {
    return standing.members();
  }

  /** Settled examples of this worker, over the whole run. */
  public long ownExamples() {
    return standing.ownExamples();
  }

  /** Settled examples of all other workers, over the whole run. */
  public long otherExamples() {
    return standing.otherExamples();
  }

  /** Batches between two pushes of the worker, at least 1. */
  public int period() {
    return standing.period();
  }

  /** The same with a state that has its values. */
  public Reply withState(BlockState newest) {
    return new Reply(block, decided, verdict, yours, standing, newest);
  }

  /** The same with only the version of its state, so that it keeps no values alive. */
  public Reply withoutState() {
    return withState(BlockState.ofVersion(state.version()));
  }
}
