package io.blockwise.model.network;

import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.Step;
import java.util.List;

/**
 * Trainers that have one batch at a time: the worker's thread brings it forward through all blocks,
 * and each block goes back, updates and averages on its own thread as soon as its output is there
 * (methods 2f, AL-P). All have done so when a step ends.
 *
 * <pre>
 *   worker   forward 1 | forward 2 | forward 3 |           | forward 1 ...
 *   block 1            | back 1, average 1     |
 *   block 2                        | back 2, average 2 |
 *   block 3                                    | back 3, average 3
 * </pre>
 *
 * <p>A signal stays open until the block that reads it has updated, whose thread closes it.
 */
public final class ForwardSerialRow implements BlockRow {
  private final ThreadedRow row;

  /**
   * @param row whose trainers they are; used by this one only from here on
   * @param timeline hears of waiting
   */
  ForwardSerialRow(SequentialRow row, Timeline timeline) {
    this.row = new ThreadedRow(row, timeline);
  }

  @Override
  public int blocks() {
    return row.count();
  }

  @Override
  public void start(LeaseAttempt lease, TrainedBlocks blocks) throws InterruptedException {
    row.start(lease, blocks);
  }

  @Override
  public void resume(LeaseAttempt lease, TrainedBlocks blocks) throws InterruptedException {
    row.resume(lease, blocks);
  }

  @Override
  public List<NetworkFigures> step(Batch batch, long number) throws InterruptedException {
    Signal signal = row.begin(batch);
    for (int index = row.first(); index <= row.last(); index++) {
      signal = forward(index, number, batch.examples(), signal);
    }
    row.awaitIdle();
    return row.done();
  }

  private Signal forward(int index, long number, int examples, Signal in)
      throws InterruptedException {
    Signal open = in;
    boolean begun = false;
    try {
      Step step = row.trainer(index).begin(number, examples, in);
      open = step.output();
      row.put(index, new Rest(index, number, step, in));
      begun = true;
      return open;
    } finally {
      if (!begun) {
        open.close();
      }
    }
  }

  @Override
  public List<NetworkFigures> finish() throws InterruptedException {
    return row.finish();
  }

  @Override
  public void abandon() {
    row.abandon();
  }

  @Override
  public Costs costs() {
    return row.costs();
  }

  @Override
  public void close() {
    row.close();
  }

  /** What is left of a block's step. */
  private final class Rest implements BlockThreads.Work {
    private final int index;
    private final long number;
    private final Step step;
    private final Signal in;

    Rest(int index, long number, Step step, Signal in) {
      this.index = index;
      this.number = number;
      this.step = step;
      this.in = in;
    }

    @Override
    public long batch() {
      return number;
    }

    @Override
    public void run() throws InterruptedException {
      BlockTrainer trainer = row.trainer(index);
      trainer.complete();
      trainer.average();
      row.done(index);
    }

    /** The output is the next block's, which closes it. */
    @Override
    public void close() {
      in.close();
      if (row.isLast(index)) {
        step.output().close();
      }
    }
  }
}
