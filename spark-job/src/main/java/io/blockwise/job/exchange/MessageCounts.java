package io.blockwise.job.exchange;

import io.blockwise.job.exchange.wire.Status;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** Counts messages as they are answered. Thread-safe. */
public final class MessageCounts {
  private final AtomicLongArray byStatus = new AtomicLongArray(Status.values().length);
  private final LongAdder received = new LongAdder();
  private final LongAdder replied = new LongAdder();

  /**
   * Counts a message and its answer.
   *
   * @param reply null for a message that wants none
   */
  void count(int bytes, byte[] reply) {
    received.add(bytes);
    replied.add(reply == null ? 0 : reply.length);
    byStatus.incrementAndGet(reply == null ? Status.OK.ordinal() : reply[0]);
  }

  /** Bytes of all messages. */
  public long bytesReceived() {
    return received.sum();
  }

  /** Bytes of all answers. */
  public long bytesReplied() {
    return replied.sum();
  }

  /** Messages of all kinds. */
  long messages() {
    return IntStream.range(0, byStatus.length()).mapToLong(byStatus::get).sum();
  }

  /** Messages that were answered with this status. */
  long of(Status status) {
    return byStatus.get(status.ordinal());
  }

  @Override
  public String toString() {
    return messages() + " messages by status " + byStatus;
  }
}
