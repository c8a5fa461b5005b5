package io.blockwise.job.input;

import io.blockwise.job.feed.BatchSource;
import io.blockwise.model.engine.Batch;

/**
 * Batches of another source. Thread-safe.
 *
 * @param progress runs whenever a batch is done with
 */
record CountedBatches(BatchSource source, Runnable progress) implements BatchSource {
  @Override
  public int batches() {
    return source.batches();
  }

  @Override
  public int dropped() {
    return source.dropped();
  }

  @Override
  public Batch allocate() {
    return source.allocate();
  }

  @Override
  public void fill(int number, Batch into) throws InterruptedException {
    source.fill(number, into);
  }

  @Override
  public void done() {
    source.done();
    progress.run();
  }

  @Override
  public void close() {
    source.close();
  }
}
