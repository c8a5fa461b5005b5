package io.blockwise.job.worker;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what a worker gets done: shards it has read, batches it is through with, answers it has
 * had while it waits for the other workers. A worker that hangs, wherever it may be, counts no
 * further. Thread-safe.
 */
public final class WorkCount {
  private final AtomicLong count = new AtomicLong();

  /** The worker has got something done. */
  public void advance() {
    count.incrementAndGet();
  }

  /** How often it has, so far. */
  public long value() {
    return count.get();
  }
}
