package io.blockwise.job.exchange;

/**
 * Memory for pushes that wait for their rest or to be folded, for rows that are encoded for one
 * worker, and for old values that are still read. One push, or one worker's rows, is always
 * admitted, however large it is. Thread-safe.
 */
final class MemoryBudget {
  private final long limit;
  private long held;
  private long pinned;
  private long most;

  MemoryBudget(long limit) {
    this.limit = limit;
  }

  /** Takes room, if there is. */
  synchronized boolean reserve(long bytes) {
    if (held > 0 && bytes > limit - held - pinned) {
      return false;
    }
    held += bytes;
    most = Math.max(most, held + pinned);
    return true;
  }

  /** Takes room for a value that somebody reads, whether there is any or not. */
  synchronized void pin(long bytes) {
    pinned += bytes;
    most = Math.max(most, held + pinned);
  }

  synchronized void unpin(long bytes) {
    pinned -= bytes;
  }

  synchronized void release(long bytes) {
    held -= bytes;
  }

  synchronized long now() {
    return held + pinned;
  }

  synchronized long most() {
    return most;
  }
}
