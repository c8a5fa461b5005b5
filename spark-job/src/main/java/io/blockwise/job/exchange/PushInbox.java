package io.blockwise.job.exchange;

import io.blockwise.job.exchange.wire.PushHeader;
import io.blockwise.job.exchange.wire.Status;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The push of one lease that is coming in, as the pieces in which it comes. Used under its
 * endpoint's lock.
 */
final class PushInbox {
  private final MemoryBudget memory;
  private PushHeader header;
  private List<ByteBuffer> pieces = List.of();
  private long arrived;
  private long lastPieceAt;
  private long taken;

  PushInbox(MemoryBudget memory) {
    this.memory = memory;
  }

  /** Whether the push with this number, or a later one, has come as a whole. */
  boolean hasTaken(long sequence) {
    return sequence <= taken;
  }

  /**
   * Keeps a piece if it is the next one; {@link #arrived} says what is there then.
   *
   * @return {@link Status#OK}, or why the piece is turned away
   */
  Status add(PushHeader push, long offset, ByteBuffer piece, long nanoTime) {
    if (header == null || header.sequence() < push.sequence()) {
      if (offset > 0) {
        return Status.OK; // its begin is not here any more
      }
      forget();
      if (!memory.reserve(push.bytes())) {
        return Status.BUSY;
      }
      begin(push);
    } else if (!header.equals(push)) {
      return Status.MALFORMED;
    }
    if (offset == arrived) {
      pieces.add(piece);
      arrived += piece.remaining();
      lastPieceAt = nanoTime;
    }
    return Status.OK;
  }

  private void begin(PushHeader push) {
    header = push;
    pieces = new ArrayList<>();
    arrived = 0;
  }

  /** Bytes of this push that have come. */
  long arrived(PushHeader push) {
    return push.equals(header) ? arrived : 0;
  }

  /** Whether all of this push has come. */
  boolean isWhole(PushHeader push) {
    return push.equals(header) && arrived == push.bytes();
  }

  /** The pieces of the push that is coming in. */
  List<ByteBuffer> pieces() {
    return pieces;
  }

  /** Somebody else has the whole push now, and will release its memory. */
  void handedOver() {
    taken = header.sequence();
    header = null;
    pieces = List.of();
  }

  /** Drops what has come of a push. */
  void forget() {
    if (header != null) {
      memory.release(header.bytes());
      header = null;
      pieces = List.of();
    }
  }

  /** Drops it if nothing more has come since then. */
  void forgetIfIdle(long since) {
    if (header != null && lastPieceAt - since < 0) {
      forget();
    }
  }
}
