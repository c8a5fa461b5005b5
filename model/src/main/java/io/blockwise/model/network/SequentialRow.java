package io.blockwise.model.network;

import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.averaging.replica.ReplicaMemento;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Block;
import io.blockwise.model.spec.StepScale;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The trainers of a network, one after the other on one thread, lease by lease: {@link #start} or
 * {@link #resume}, {@link #step} for every batch, {@link #finish}; or {@link #abandon} when that
 * fails. Used by the blocks' thread.
 */
public final class SequentialRow implements BlockRow {
  private final DecoupledNetwork network;
  private final WorkerReplica replica;
  private final List<BlockTrainer> trainers = new ArrayList<>();
  private TrainedBlocks trained;
  private long finishNanos;

  /**
   * A row all of whose blocks train over the whole run.
   *
   * @param examplesOfRun that all workers together train on
   */
  public SequentialRow(
      DecoupledNetwork network,
      WorkerReplica replica,
      long examplesOfRun,
      StepScale scale,
      int maxNonFinite) {
    this(
        network,
        replica,
        Collections.nCopies(network.blocks().size(), examplesOfRun),
        scale,
        maxNonFinite,
        Timeline.NONE);
  }

  /**
   * @param network stays the caller's, who closes it
   * @param replica of its blocks
   * @param examples that all workers together train every block on, for its schedule
   * @param scale of the steps with the number of workers
   * @param maxNonFinite batches in a row that are not finite at a block after which training ends
   * @param timeline hears what the blocks do
   */
  public SequentialRow(
      DecoupledNetwork network,
      WorkerReplica replica,
      List<Long> examples,
      StepScale scale,
      int maxNonFinite,
      Timeline timeline) {
    this.network = network;
    this.replica = replica;
    trained = TrainedBlocks.all(network.blocks().size());
    for (Block block : network.blocks()) {
      int number = trainers.size() + 1;
      Pacing pacing = new Pacing(block.spec().optimiser(), examples.get(number - 1), scale);
      trainers.add(
          new BlockTrainer(number, block, replica.block(number), pacing, maxNonFinite, timeline));
    }
  }

  DecoupledNetwork network() {
    return network;
  }

  /** First to last. */
  List<BlockTrainer> trainers() {
    return trainers;
  }

  @Override
  public int blocks() {
    return trainers.size();
  }

  @Override
  public void start(LeaseAttempt lease, TrainedBlocks blocks) throws InterruptedException {
    trained = blocks;
    replica.start(lease, blocks);
  }

  @Override
  public void resume(LeaseAttempt lease, TrainedBlocks blocks) throws InterruptedException {
    trained = blocks;
    replica.resume(lease, blocks);
  }

  @Override
  public void restore(LeaseAttempt lease, TrainedBlocks blocks, RowMemento memento)
      throws InterruptedException {
    trained = blocks;
    List<ReplicaMemento> own = memento.blocks().stream().map(TrainerMemento::replica).toList();
    replica.restore(lease, blocks, own, memento.trained());
    for (int k = 0; k < own.size(); k++) {
      trainers.get(memento.trained().frozen() + k).restore(memento.blocks().get(k));
    }
  }

  @Override
  public RowMemento memento() {
    List<ReplicaMemento> own = replica.memento();
    List<TrainerMemento> kept = new ArrayList<>();
    for (int k = 0; k < own.size(); k++) {
      kept.add(trainers.get(trained.frozen() + k).memento(own.get(k)));
    }
    return new RowMemento(trained, kept);
  }

  /**
   * Every block of the lease trains on a batch, pushes and adopts.
   *
   * @param number of the batch in the lease, from 1
   * @return what the blocks have reached on it; of those that do not train nothing
   * @throws NotFiniteException if a block was not finite in too many batches in a row
   */
  @Override
  public List<NetworkFigures> step(Batch batch, long number) throws InterruptedException {
    network.train(
        batch, trained, (index, in) -> trainers.get(index).train(number, batch.examples(), in));
    // All have trained before any of them waits for other workers, in lock-step.
    for (BlockTrainer trainer : trainers.subList(trained.frozen(), trained.joined())) {
      trainer.average();
    }
    return List.of(
        new NetworkFigures(
            batch.examples(), trainers.stream().map(BlockTrainer::takeFigures).toList()));
  }

  @Override
  public List<NetworkFigures> finish() throws InterruptedException {
    long start = System.nanoTime();
    replica.flush();
    finishNanos += System.nanoTime() - start;
    return List.of();
  }

  @Override
  public void abandon() {
    replica.abandon();
  }

  @Override
  public Costs costs() {
    return costs(1);
  }

  /** The same where so many blocks spend their time at the same time. */
  Costs costs(int atOnce) {
    long averaging = trainers.stream().mapToLong(BlockTrainer::averagingNanos).sum();
    return new Costs(
        replica.sent(),
        trainers.stream().mapToLong(BlockTrainer::nonFinite).sum(),
        averaging / atOnce + finishNanos);
  }

  @Override
  public void close() {
    // has no threads
  }
}
