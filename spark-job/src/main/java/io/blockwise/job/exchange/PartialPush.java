package io.blockwise.job.exchange;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The pieces of a push that have come so far, as they came. Used under its endpoint's lock, and
 * once it is whole by the ledger's thread.
 */
final class PartialPush {
  private final PushHeader header;
  private final List<ByteBuffer> pieces = new ArrayList<>();
  private long arrived;
  private long touched;

  PartialPush(PushHeader header) {
    this.header = header;
  }

  PushHeader header() {
    return header;
  }

  void add(ByteBuffer piece, long nanoTime) {
    arrived += piece.remaining();
    touched = nanoTime;
    pieces.add(piece);
  }

  /** Bytes that have come. */
  long arrived() {
    return arrived;
  }

  boolean isComplete() {
    return arrived == header.bytes();
  }

  /** When the last piece came, on the monotonic clock. */
  long touched() {
    return touched;
  }

  List<ByteBuffer> pieces() {
    return pieces;
  }
}
