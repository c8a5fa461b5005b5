package io.blockwise.job.exchange;

/**
 * Memory for pushes that wait for their rest or to be folded. One push is always admitted, however
 * large it is. Thread-safe.
 */
final class HeldBytes {
  private final long limit;
  private long held;
  private long most;

  HeldBytes(long limit) {
    this.limit = limit;
  }

  /** Takes room, if there is. */
  synchronized boolean reserve(long bytes) {
    if (held > 0 && bytes > limit - held) {
      return false;
    }
    held += bytes;
    most = Math.max(most, held);
    return true;
  }

  synchronized void release(long bytes) {
    held -= bytes;
  }

  synchronized long now() {
    return held;
  }

  synchronized long most() {
    return most;
  }
}
