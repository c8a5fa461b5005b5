package io.blockwise.model.network;

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
public final class ForwardSerialRow extends ThreadedRow {
  /**
   * @param row whose trainers they are; used by this one only from here on
   * @param timeline hears of waiting
   */
  ForwardSerialRow(SequentialRow row, Timeline timeline) {
    super(row, timeline);
  }

  @Override
  public List<NetworkFigures> step(Batch batch, long number) throws InterruptedException {
    Signal signal = begin(batch);
    for (int index = first(); index <= last(); index++) {
      signal = forward(index, number, batch.examples(), signal);
    }
    awaitIdle();
    return done();
  }

  private Signal forward(int index, long number, int examples, Signal in)
      throws InterruptedException {
    Signal open = in;
    boolean begun = false;
    try {
      Step step = trainer(index).begin(number, examples, in);
      open = step.output();
      put(index, new Rest(index, number, step, in));
      begun = true;
      return open;
    } finally {
      if (!begun) {
        open.close();
      }
    }
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
      BlockTrainer trainer = trainer(index);
      trainer.complete();
      trainer.average();
      done(index);
    }

    /** The output is the next block's, which closes it. */
    @Override
    public void close() {
      in.close();
      if (isLast(index)) {
        step.output().close();
      }
    }
  }
}
