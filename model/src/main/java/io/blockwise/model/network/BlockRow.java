package io.blockwise.model.network;

import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.spec.Execution;
import java.util.List;

/**
 * The trainers of a network as one worker runs them, lease by lease: {@link #start} or {@link
 * #resume}, {@link #step} for every batch, {@link #finish}; or {@link #abandon} when that fails.
 * However many threads it has, the numbers are those of one. Used by the worker's thread, which may
 * use the network's blocks itself whenever no lease is running.
 */
public interface BlockRow extends AutoCloseable {
  /**
   * Those of a network in the order that an execution has.
   *
   * @param row on one thread, whose trainers they are
   * @param timeline the one that the trainers have
   * @throws io.blockwise.base.UserException if the blocks cannot train at the same time
   */
  static BlockRow of(Execution execution, SequentialRow row, Timeline timeline) {
    if (execution == Execution.SEQUENTIAL || row.trainers().size() == 1) {
      return row; // nothing to do at the same time
    }
    execution.requireTrains(row.network().spec());
    row.network().refusalOfThreads().ifPresent(execution::refuse);
    return switch (execution) {
      case SEQUENTIAL -> row;
      case FORWARD_SERIAL -> new ForwardSerialRow(row, timeline);
      case PIPELINED -> new PipelinedRow(row, timeline);
    };
  }

  /** How many blocks the network has. */
  int blocks();

  /**
   * Begins a lease from the ledgers' values, as {@link WorkerReplica#start} does.
   *
   * @param blocks that train in it
   */
  void start(LeaseAttempt lease, TrainedBlocks blocks) throws InterruptedException;

  /** Begins the lease that directly follows, as {@link WorkerReplica#resume} does. */
  void resume(LeaseAttempt lease, TrainedBlocks blocks) throws InterruptedException;

  /**
   * Begins a lease where a worker that is gone has ended an earlier one, as {@link
   * WorkerReplica#restore} does.
   */
  void restore(LeaseAttempt lease, TrainedBlocks blocks, RowMemento memento)
      throws InterruptedException;

  /**
   * What the next lease goes on from. Asked for when a lease has been finished, before the next.
   */
  RowMemento memento();

  /** Begins a lease of all blocks. */
  default void start(LeaseAttempt lease) throws InterruptedException {
    start(lease, TrainedBlocks.all(blocks()));
  }

  /** Begins the lease of all blocks that directly follows. */
  default void resume(LeaseAttempt lease) throws InterruptedException {
    resume(lease, TrainedBlocks.all(blocks()));
  }

  /**
   * Every block of the lease trains on a batch, pushes and adopts, now or later. The batch is no
   * longer read when this returns.
   *
   * @param number of the batch in the lease, from 1
   * @return what the blocks have reached on the batches that all of them are done with and that
   *     were not returned before, one by one, in their order; of those that do not train nothing
   * @throws NotFiniteException if a block was not finite in too many batches in a row; this, and
   *     whatever else a block failed with on a thread of its own, may be thrown a few batches late
   */
  List<NetworkFigures> step(Batch batch, long number) throws InterruptedException;

  /**
   * Waits until all blocks are done, sends what is left of each, waits until it is settled and ends
   * the lease.
   *
   * @return as {@link #step}: the last batches
   */
  List<NetworkFigures> finish() throws InterruptedException;

  /**
   * Ends the lease without sending what is left, once what is running has stopped. Does nothing if
   * it has ended or never began.
   */
  void abandon();

  /** What its leases have taken so far; asked for between steps or leases. */
  Costs costs();

  /** Ends its threads. The network stays open. */
  @Override
  void close();

  /**
   * What training took beside the steps. Immutable.
   *
   * @param sent pushes, repeated ones included
   * @param nonFinite batches that some block skipped
   * @param averagingNanos for pushing, adopting and finishing, of the worker's time: where blocks
   *     have threads of their own the mean over them
   */
  record Costs(long sent, long nonFinite, long averagingNanos) {
    /** What came after {@code earlier}, a part of these. */
    public Costs minus(Costs earlier) {
      return new Costs(
          sent - earlier.sent,
          nonFinite - earlier.nonFinite,
          averagingNanos - earlier.averagingNanos);
    }
  }
}
