package io.blockwise.model.averaging;

/**
 * A ledger's answer to a worker. It may have been written before the worker's latest push was
 * decided; {@link #decides} tells. Immutable.
 *
 * @param block number of the block
 * @param decided number of this lease's latest push that was decided, 0 if none was
 * @param verdict on that push, or {@link Verdict#FENCED} if the lease is not the worker's any more
 * @param yours whether the state is exactly the copy that this worker sent, so that it has nothing
 *     to adopt
 * @param members workers that the averaging counts on, with or without a lease at the moment
 * @param ownExamples settled examples of this worker, over the whole run
 * @param otherExamples settled examples of all other workers, over the whole run
 * @param periodDivisor by which the worker shall divide its period, at least 1
 * @param state the newest; only its version counts (the vectors are empty) if it is {@code yours}
 *     or the push that was asked about is not settled
 */
public record Reply(
    int block,
    long decided,
    Verdict verdict,
    boolean yours,
    int members,
    long ownExamples,
    long otherExamples,
    int periodDivisor,
    BlockState state) {

  /** Whether the fate of the push with this number is known. */
  public boolean decides(long sequence) {
    return decided >= sequence || verdict == Verdict.FENCED;
  }
}
