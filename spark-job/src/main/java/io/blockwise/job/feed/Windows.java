package io.blockwise.job.feed;

import io.blockwise.data.dataset.Rows;
import java.util.List;

/**
 * The rows of a lease in windows, each read when it is asked for. Used by one thread at a time,
 * except that a window may be closed by any.
 */
public interface Windows extends AutoCloseable {
  /** Rows of every window in their order, each at least 1. */
  List<Integer> rows();

  /**
   * Reads the next window into memory.
   *
   * @throws InterruptedException if the thread was interrupted while another one read
   */
  Window next() throws InterruptedException;

  /** A batch of rows is done with: it was trained on or evaluated. Called by any thread. */
  default void usedBatch() {}

  /** Lets go what is open, the windows too. */
  @Override
  void close();

  /** Rows that stay in memory until it is closed. */
  interface Window extends AutoCloseable {
    /** The rows, of one shard or of several. */
    List<Rows> shards();

    @Override
    void close();
  }
}
