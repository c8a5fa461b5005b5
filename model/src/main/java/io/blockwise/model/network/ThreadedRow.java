package io.blockwise.model.network;

import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Signal;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Trainers with a thread for every block: the threads, the figures that come from them, and leases,
 * which begin and end while the threads have nothing to do. Used by the worker's thread but for
 * {@link #trainer}, {@link #handOn} and {@link #done}.
 */
abstract class ThreadedRow implements BlockRow {
  private final SequentialRow row;
  private final Timeline timeline;
  private final PartialFigures figures;
  private BlockThreads threads;
  private TrainedBlocks trained;

  ThreadedRow(SequentialRow row, Timeline timeline) {
    this.row = row;
    this.timeline = timeline;
    figures = new PartialFigures(row.trainers().size());
  }

  @Override
  public final void start(LeaseAttempt lease, TrainedBlocks blocks) throws InterruptedException {
    prepare(blocks);
    row.start(lease, blocks);
  }

  @Override
  public final void resume(LeaseAttempt lease, TrainedBlocks blocks) throws InterruptedException {
    prepare(blocks);
    row.resume(lease, blocks);
  }

  @Override
  public final void restore(LeaseAttempt lease, TrainedBlocks blocks, RowMemento memento)
      throws InterruptedException {
    prepare(blocks);
    row.restore(lease, blocks, memento);
  }

  @Override
  public final RowMemento memento() {
    return row.memento();
  }

  private void prepare(TrainedBlocks blocks) {
    requireThreads();
    trained = blocks;
    figures.expect(blocks);
  }

  private void requireThreads() {
    if (threads == null) {
      threads = new BlockThreads(blocks(), timeline);
    }
  }

  @Override
  public final int blocks() {
    return row.trainers().size();
  }

  /** Index of the first block that trains in this lease. */
  final int first() {
    return trained.frozen();
  }

  /** Index of the last one. */
  final int last() {
    return trained.joined() - 1;
  }

  final boolean isLast(int index) {
    return index == last();
  }

  /** A block's, by its index from 0. */
  final BlockTrainer trainer(int index) {
    return row.trainers().get(index);
  }

  /** A batch begins: its signal to the first block that trains, behind the frozen ones. */
  final Signal begin(Batch batch) {
    threads.throwFailure();
    figures.begin(batch.examples());
    return row.network().signal(batch, trained);
  }

  /** Gives a block's thread work from the worker's; waits for room. Takes it over in any case. */
  final void put(int index, BlockThreads.Work work) throws InterruptedException {
    try {
      threads.put(index, work);
    } catch (CancellationException e) {
      threads.throwFailure();
      throw e;
    }
  }

  /** Gives the thread of the block behind one, by that one's index, work from that one's. */
  final void handOn(int index, BlockThreads.Work work) throws InterruptedException {
    long from = System.nanoTime();
    long batch = work.batch();
    threads.put(index + 1, work);
    timeline.spent(index + 1, Timeline.Activity.WAIT_FOR_NEXT, batch, from, System.nanoTime());
  }

  /** A block, by its index from 0, is done with a batch. On its thread. */
  final void done(int index) {
    figures.add(index, trainer(index).takeFigures());
  }

  /** Figures of the batches that all blocks are done with. */
  final List<NetworkFigures> done() {
    threads.throwFailure();
    return figures.take();
  }

  final void awaitIdle() throws InterruptedException {
    threads.awaitIdle();
  }

  @Override
  public final List<NetworkFigures> finish() throws InterruptedException {
    awaitIdle();
    List<NetworkFigures> last = done();
    row.finish();
    return last;
  }

  @Override
  public final void abandon() {
    close();
    row.abandon();
  }

  /** Blocks spend their time at the same time. */
  @Override
  public final Costs costs() {
    return row.costs(blocks());
  }

  @Override
  public final void close() {
    if (threads != null) {
      threads.close();
      threads = null;
      trainersForget();
    }
  }

  private void trainersForget() {
    row.trainers().forEach(BlockTrainer::takeFigures);
    figures.clear();
  }
}
