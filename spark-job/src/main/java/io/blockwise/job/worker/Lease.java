package io.blockwise.job.worker;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.checkpoint.SaveOrder;
import io.blockwise.job.checkpoint.SavedReplica;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.TrainedBlocks;
import java.io.Serializable;
import java.util.List;

/**
 * A piece of training that a worker is given: one pass over some shards. Immutable.
 *
 * @param attempt who trains it
 * @param predecessor number of the attempt that finished this worker's lease before this one;
 *     {@link #NONE} if there is none, so that the replica starts from the ledgers
 * @param epoch from 1
 * @param trained blocks that it trains
 * @param shards at least one; no other lease of the epoch has any of them
 * @param from what a worker that is gone has written at the end of this one's lease before; {@link
 *     SavedReplica#NONE} unless the run has been resumed since
 * @param save whether the worker shall write what it knows at the end
 */
public record Lease(
    LeaseAttempt attempt,
    long predecessor,
    int epoch,
    TrainedBlocks trained,
    List<Shard> shards,
    SavedReplica from,
    SaveOrder save)
    implements Serializable {
  /** Of the first lease, and after one that failed. */
  public static final long NONE = -1;

  public Lease {
    shards = List.copyOf(shards);
  }

  /** One that has nothing to do with checkpoints. */
  public Lease(
      LeaseAttempt attempt,
      long predecessor,
      int epoch,
      TrainedBlocks trained,
      List<Shard> shards) {
    this(attempt, predecessor, epoch, trained, shards, SavedReplica.NONE, SaveOrder.NONE);
  }

  /** Slot of the worker, from 0. */
  public int worker() {
    return attempt.worker();
  }

  /** Rows of all shards. */
  public int rows() {
    return shards.stream().mapToInt(Shard::rows).sum();
  }

  /** The same lease, tried once more under a higher number. */
  public Lease attemptedAs(long number) {
    LeaseAttempt next = new LeaseAttempt(attempt.run(), attempt.worker(), attempt.lease(), number);
    return new Lease(next, predecessor, epoch, trained, shards, from, save);
  }

  /** Whether a replica that finished {@code last} may go on with this lease as it is. */
  boolean follows(LeaseAttempt last) {
    return last.run().equals(attempt.run())
        && last.worker() == attempt.worker()
        && last.lease() + 1 == attempt.lease()
        && last.attempt() == predecessor;
  }
}
