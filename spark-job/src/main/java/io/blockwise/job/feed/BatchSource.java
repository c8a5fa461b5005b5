package io.blockwise.job.feed;

import io.blockwise.model.engine.Batch;

/** Says what each batch of a lease holds. Thread-safe. */
public interface BatchSource extends AutoCloseable {
  /** Number of batches. */
  int batches();

  /** Rows that are in no batch, because the last one would not be full. */
  int dropped();

  /** New memory for any one of the batches. */
  Batch allocate();

  /**
   * Puts a batch together; what it holds depends on its number only. Batches are asked for in
   * ascending order and each once, though several threads may be at batches that follow each other:
   * rows may be dropped from memory when they were copied.
   *
   * @param number from 0
   * @param into as made by {@link #allocate}
   * @throws InterruptedException if the thread was interrupted while rows were not read yet
   */
  void fill(int number, Batch into) throws InterruptedException;

  /** A batch is done with: it was trained on or evaluated. Called by whoever took it. */
  default void done() {}

  /** Lets the rows go; called when no thread fills any more. */
  @Override
  void close();
}
