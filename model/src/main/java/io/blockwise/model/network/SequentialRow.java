package io.blockwise.model.network;

import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Block;
import io.blockwise.model.spec.StepScale;
import java.util.ArrayList;
import java.util.List;

/**
 * The trainers of a network, one after the other on one thread, lease by lease: {@link #start} or
 * {@link #resume}, {@link #step} for every batch, {@link #finish}; or {@link #abandon} when that
 * fails. Used by the blocks' thread.
 */
public final class SequentialRow {
  private final DecoupledNetwork network;
  private final WorkerReplica replica;
  private final List<BlockTrainer> trainers = new ArrayList<>();
  private long finishNanos;

  /**
   * @param network stays the caller's, who closes it
   * @param replica of its blocks
   * @param examplesOfRun that all workers together train on, for the schedules
   * @param scale of the steps with the number of workers
   * @param maxNonFinite batches in a row that are not finite at a block after which training ends
   */
  public SequentialRow(
      DecoupledNetwork network,
      WorkerReplica replica,
      long examplesOfRun,
      StepScale scale,
      int maxNonFinite) {
    this.network = network;
    this.replica = replica;
    for (Block block : network.blocks()) {
      int number = trainers.size() + 1;
      Pacing pacing = new Pacing(block.spec().optimiser(), examplesOfRun, scale);
      trainers.add(new BlockTrainer(number, block, replica.block(number), pacing, maxNonFinite));
    }
  }

  /** Begins a lease from the ledgers' values, as {@link WorkerReplica#start} does. */
  public void start(LeaseAttempt lease) throws InterruptedException {
    replica.start(lease);
  }

  /** Begins the lease that directly follows, as {@link WorkerReplica#resume} does. */
  public void resume(LeaseAttempt lease) throws InterruptedException {
    replica.resume(lease);
  }

  /**
   * Every block trains on a batch, pushes and adopts.
   *
   * @param number of the batch in the lease, from 1
   * @return what the blocks have reached on it
   * @throws NotFiniteException if a block was not finite in too many batches in a row
   */
  public NetworkFigures step(Batch batch, long number) throws InterruptedException {
    network.train(batch, (index, in) -> trainers.get(index).train(number, batch.examples(), in));
    // All have trained before any of them waits for other workers, in lock-step.
    for (BlockTrainer trainer : trainers) {
      trainer.average();
    }
    return new NetworkFigures(
        batch.examples(), trainers.stream().map(BlockTrainer::takeFigures).toList());
  }

  /** Sends what is left of every block, waits until it is settled and ends the lease. */
  public void finish() throws InterruptedException {
    long start = System.nanoTime();
    replica.flush();
    finishNanos += System.nanoTime() - start;
  }

  /** Ends the lease without sending what is left. Does nothing if it has ended or never began. */
  public void abandon() {
    replica.abandon();
  }

  /** What its leases have taken so far. */
  public Costs costs() {
    return new Costs(
        replica.sent(),
        trainers.stream().mapToLong(BlockTrainer::nonFinite).sum(),
        trainers.stream().mapToLong(BlockTrainer::averagingNanos).sum() + finishNanos);
  }

  /**
   * What training took beside the steps. Immutable.
   *
   * @param sent pushes, repeated ones included
   * @param nonFinite batches that some block skipped
   * @param averagingNanos for pushing, adopting and finishing
   */
  public record Costs(long sent, long nonFinite, long averagingNanos) {
    /** What came after {@code earlier}, a part of these. */
    public Costs minus(Costs earlier) {
      return new Costs(
          sent - earlier.sent,
          nonFinite - earlier.nonFinite,
          averagingNanos - earlier.averagingNanos);
    }
  }
}
