package io.blockwise.job.feed;

import io.blockwise.model.engine.Batch;

/** Says what each batch of a lease holds. Thread-safe. */
public interface BatchSource {
  /** Number of batches. */
  int batches();

  /** Rows that are in no batch, because the last one would not be full. */
  int dropped();

  /** New memory for any one of the batches. */
  Batch allocate();

  /**
   * Puts a batch together; the same each time it is asked for.
   *
   * @param number from 0
   * @param into as made by {@link #allocate}
   */
  void fill(int number, Batch into);
}
