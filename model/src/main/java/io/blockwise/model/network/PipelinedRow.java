package io.blockwise.model.network;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.Step;
import java.util.List;

/**
 * Trainers with a thread each: block 1 trains on batch t + 1 while block 2 trains on batch t.
 *
 * <pre>
 *   worker  signal 4 |
 *   block 1  train 3 | average 3 | train 4 ...
 *   block 2  train 2 ........... | average 2 | train 3 ...    at most one signal waits before each
 * </pre>
 *
 * <p>A signal belongs to the thread that has it: whoever has made it hands it on with the piece of
 * work, and the block that trains on it closes it. Averaging is the block's thread's, after the
 * signal is on its way: in lock-step a block waits for the same block of the other workers only,
 * and what those wait for is always an earlier batch or an earlier block. At the end of a lease all
 * batches are through; only then what is left is sent, by the worker's thread.
 */
public final class PipelinedRow extends ThreadedRow {
  /**
   * @param row whose trainers they are; used by this one only from here on
   * @param timeline hears of waiting
   */
  PipelinedRow(SequentialRow row, Timeline timeline) {
    super(row, timeline);
  }

  @Override
  public List<NetworkFigures> step(Batch batch, long number) throws InterruptedException {
    Signal signal = begin(batch);
    put(first(), new Training(first(), number, batch.examples(), signal));
    return done();
  }

  /** A block trains on a batch and hands it on. */
  private final class Training implements BlockThreads.Work {
    private final int index;
    private final long number;
    private final int examples;
    private final Signal in;

    Training(int index, long number, int examples, Signal in) {
      this.index = index;
      this.number = number;
      this.examples = examples;
      this.in = in;
    }

    @Override
    public long batch() {
      return number;
    }

    @Override
    public void run() throws InterruptedException {
      BlockTrainer trainer = trainer(index);
      Step step = trainer.train(number, examples, in);
      step.complete();
      in.close();
      if (isLast(index)) {
        step.output().close();
      } else {
        handOn(index, new Training(index + 1, number, examples, step.output()));
      }
      trainer.average();
      done(index);
    }

    @Override
    public void close() {
      in.close();
    }
  }
}
