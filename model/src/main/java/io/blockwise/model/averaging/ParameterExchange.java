package io.blockwise.model.averaging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What a worker sees of the ledgers. The worker asks and the other side answers; it never calls.
 *
 * <p>An answer may have been written before the push that it follows was decided ({@link
 * Reply#decides}): the worker then asks again. A future fails with {@link ReplyLostException} if
 * the answer is lost; asking again with the same message does no harm. Thread-safe.
 */
public interface ParameterExchange {
  /**
   * Opens a lease on all blocks.
   *
   * @return where to start, block by block in their order; with {@link Verdict#FENCED} if there is
   *     a newer attempt
   */
  List<Reply> open(LeaseAttempt attempt) throws InterruptedException;

  /**
   * The same for a worker that has something of the blocks' tables already; of these, the answers
   * may leave out what has not changed since.
   *
   * @param known of every block, in their order
   */
  default List<Reply> open(LeaseAttempt attempt, List<KnownTable> known)
      throws InterruptedException {
    return open(attempt);
  }

  /**
   * Opens a lease on a range of the blocks: of others the worker asks nothing.
   *
   * @param first of the range, from 1
   * @param known of every block of the range, in their order
   * @return of these blocks
   */
  default List<Reply> open(LeaseAttempt attempt, int first, List<KnownTable> known)
      throws InterruptedException {
    List<KnownTable> all = new ArrayList<>(Collections.nCopies(first - 1, KnownTable.NOTHING));
    all.addAll(known);
    return open(attempt, all).subList(first - 1, all.size());
  }

  /** Sends a push. Never waits. */
  CompletableFuture<Reply> push(Push push);

  /** Asks for the newest value of a block, and for the fate of a push. Never waits. */
  CompletableFuture<Reply> fetch(Fetch fetch);

  /**
   * Waits until the push that is asked about is decided, or for the time stated.
   *
   * @return the newest answer, which does not decide the push if the time has run out
   */
  Reply await(Fetch fetch, Duration atMost) throws InterruptedException;

  /** Ends a lease for one block, so that nobody waits for its holder there. */
  void close(LeaseAttempt attempt, int block);

  /**
   * Hears which answer a worker takes note of, and when; nothing comes of it but a record.
   *
   * @param batch of the worker's lease after which it does so; 0 before the first
   */
  default void noted(LeaseAttempt attempt, long batch, Reply reply) {}
}
