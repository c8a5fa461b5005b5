package io.blockwise.job.exchange;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts messages as they are answered. Thread-safe. */
final class MessageCounter {
  private final AtomicLongArray byStatus = new AtomicLongArray(Status.values().length);
  private final LongAdder messages = new LongAdder();
  private final LongAdder received = new LongAdder();
  private final LongAdder replied = new LongAdder();
  private final LongAdder chunks = new LongAdder();

  /**
   * Counts a message and its answer.
   *
   * @param reply null for a message that wants none
   */
  void count(int bytes, byte[] reply) {
    messages.increment();
    received.add(bytes);
    replied.add(reply == null ? 0 : reply.length);
    byStatus.incrementAndGet(reply == null ? Status.OK.ordinal() : reply[0]);
  }

  void countChunk() {
    chunks.increment();
  }

  ExchangeCounts counts(long bytesHeldMost) {
    return new ExchangeCounts(
        messages.sum(),
        received.sum(),
        replied.sum(),
        of(Status.OK),
        of(Status.PENDING),
        of(Status.MALFORMED) + of(Status.TRUNCATED),
        of(Status.OVERSIZED),
        of(Status.UNKNOWN_RUN) + of(Status.CLOSED),
        of(Status.FENCED),
        of(Status.BUSY),
        of(Status.RESTART),
        of(Status.REFUSED),
        of(Status.FAILED),
        chunks.sum(),
        bytesHeldMost);
  }

  private long of(Status status) {
    return byStatus.get(status.ordinal());
  }
}
