package io.blockwise.model.network;

import io.blockwise.model.averaging.replica.BlockReplica;
import io.blockwise.model.averaging.replica.ReplicaMemento;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.Step;
import io.blockwise.model.engine.StepResult;
import java.util.stream.Collectors;

/**
 * What trains: a block with its replica in the averaging, its schedule, its count of batches that
 * were not finite, and its figures.
 *
 * <p>Its clock is the number of the batch, from 1 in every lease: pushes and turns in a round are
 * due at certain numbers. So it takes every batch of a lease in their order, also those that it has
 * to skip because an earlier block was not finite. All that it knows of other trainers comes with
 * the signal, and it shares nothing with them: a row of trainers gives the same numbers on one
 * thread ({@link SequentialRow}) as with a thread for each ({@link PipelinedRow}). Used by one
 * thread at a time, the block's.
 */
public final class BlockTrainer {
  private final int number;
  private final Block block;
  private final BlockReplica replica;
  private final Pacing pacing;
  private final int maxNonFinite;
  private final Timeline timeline;
  private Step last;
  private long lastBatch;
  private int lastExamples;
  private BlockFigures figures = BlockFigures.NONE;
  private long nonFinite;
  private int nonFiniteInARow;
  private long averagingNanos;

  /**
   * @param number of the block, from 1
   * @param replica of the block, whose leases somebody else begins and ends
   * @param pacing of the block; takes steps of this trainer alone
   * @param maxNonFinite batches in a row that are not finite at this block after which training
   *     ends
   * @param timeline hears what the block does
   */
  public BlockTrainer(
      int number,
      Block block,
      BlockReplica replica,
      Pacing pacing,
      int maxNonFinite,
      Timeline timeline) {
    this.number = number;
    this.block = block;
    this.replica = replica;
    this.pacing = pacing;
    this.maxNonFinite = maxNonFinite;
    this.timeline = timeline;
  }

  /**
   * Begins to train on a batch. {@link #average} follows, once; the step's output may be on its way
   * to the next trainer by then.
   *
   * @param batch its number in the lease, from 1
   * @param examples in the batch, each counted once in all its views
   * @param in is read, not closed
   */
  public Step train(long batch, int examples, Signal in) {
    long from = System.nanoTime();
    last = block.train(in, next(batch, examples));
    spent(Timeline.Activity.TRAIN, from);
    return last;
  }

  /**
   * The way forward of {@link #train} alone. {@link #complete} follows, before {@link #average};
   * meanwhile the step's output may be on its way to the next trainer.
   *
   * @param in stays open until the step is complete
   */
  Step begin(long batch, int examples, Signal in) {
    long from = System.nanoTime();
    last = block.begin(in, next(batch, examples));
    spent(Timeline.Activity.FORWARD, from);
    return last;
  }

  /** Does the rest of the step that has begun. */
  void complete() {
    long from = System.nanoTime();
    last.complete();
    spent(Timeline.Activity.BACK, from);
  }

  private Pace next(long batch, int examples) {
    requireNext(batch);
    lastBatch = batch;
    lastExamples = examples;
    return pacing.next(replica.progressExamples(), replica.members());
  }

  private void spent(Timeline.Activity what, long from) {
    timeline.spent(number, what, lastBatch, from, System.nanoTime());
  }

  private void requireNext(long batch) {
    if (batch != replica.batches() + 1) {
      throw new IllegalStateException(
          "Cannot train block "
              + number
              + " on batch "
              + batch
              + ": its next one is "
              + (replica.batches() + 1)
              + " (every batch passes every block, in order)");
    }
  }

  /**
   * Does what is due with the batch: pushes, adopts. Waits for the step's result first. A block
   * that was not finite starts anew from its ledger.
   *
   * @throws NotFiniteException after too many batches in a row that were not finite
   * @throws io.blockwise.model.averaging.replica.LeaseReplacedException if somebody else has the
   *     lease now
   */
  public void average() throws InterruptedException {
    StepResult step = last.result();
    long start = System.nanoTime();
    figures = figures.plus(BlockFigures.of(step));
    switch (step.outcome()) {
      case TRAINED -> {
        nonFiniteInARow = 0;
        replica.afterStep(lastExamples);
      }
      case NOT_FINITE -> startAnew(step);
      case SKIPPED -> replica.afterSkippedBatch();
    }
    averagingNanos += System.nanoTime() - start;
    spent(Timeline.Activity.AVERAGE, start);
  }

  private void startAnew(StepResult step) throws InterruptedException {
    nonFinite++;
    nonFiniteInARow++;
    replica.resetFromLedger();
    requireFiniteSoon(step);
    replica.afterSkippedBatch();
  }

  private void requireFiniteSoon(StepResult step) {
    if (nonFiniteInARow >= maxNonFinite) {
      throw new NotFiniteException(
          "Cannot train block "
              + number
              + ": its loss or gradient was not finite in "
              + nonFiniteInARow
              + " steps in a row, up to batch "
              + (replica.batches() + 1)
              + " of the worker's lease; last loss "
              + text(step)
              + " (lower training.learning-rate, set training.clip-norm, or look at the data)");
    }
  }

  private static String text(StepResult step) {
    return step.losses().stream()
        .map(term -> term.name() + " " + term.value())
        .collect(Collectors.joining(", "));
  }

  /** What has come together since the last call. */
  public BlockFigures takeFigures() {
    BlockFigures taken = figures;
    figures = BlockFigures.NONE;
    return taken;
  }

  /** Batches so far at which this block, and none before it, was not finite. */
  public long nonFinite() {
    return nonFinite;
  }

  /** Time so far for pushing, adopting and starting anew, waiting for others included. */
  public long averagingNanos() {
    return averagingNanos;
  }

  /** What it knows beside its replica, between two leases. */
  TrainerMemento memento(ReplicaMemento own) {
    return new TrainerMemento(own, pacing.reached(), nonFiniteInARow);
  }

  /** Goes on from there; the replica does so itself. */
  void restore(TrainerMemento memento) {
    pacing.restore(memento.reachedScale());
    nonFiniteInARow = memento.nonFiniteInARow();
  }
}
