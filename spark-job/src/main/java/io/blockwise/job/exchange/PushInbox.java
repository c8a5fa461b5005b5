package io.blockwise.job.exchange;

import java.nio.ByteBuffer;

/**
 * The push of one lease that is coming in, piece by piece, and what has come before it. Used under
 * its endpoint's lock.
 */
final class PushInbox {
  private final MemoryBudget memory;
  private PartialPush partial;
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
  Status add(PushHeader header, long offset, ByteBuffer piece, long nanoTime) {
    if (partial == null || partial.header().sequence() < header.sequence()) {
      if (offset > 0) {
        return Status.OK; // its begin is not here any more
      }
      forget();
      if (!memory.reserve(header.bytes())) {
        return Status.BUSY;
      }
      partial = new PartialPush(header);
    } else if (!partial.header().equals(header)) {
      return Status.MALFORMED;
    }
    if (offset == partial.arrived()) {
      partial.add(piece, nanoTime);
    }
    return Status.OK;
  }

  /** Bytes of this push that have come. */
  long arrived(PushHeader header) {
    return isComingIn(header) ? partial.arrived() : 0;
  }

  /** Whether all of this push has come. */
  boolean isWhole(PushHeader header) {
    return isComingIn(header) && partial.isComplete();
  }

  private boolean isComingIn(PushHeader header) {
    return partial != null && partial.header().equals(header);
  }

  /** The push that is whole, as it lies here. */
  PartialPush whole() {
    return partial;
  }

  /** The push that is whole is in somebody else's hands now, and so is its memory. */
  void handedOver() {
    taken = partial.header().sequence();
    partial = null;
  }

  /** Drops what has come of a push. */
  void forget() {
    if (partial != null) {
      memory.release(partial.header().bytes());
      partial = null;
    }
  }

  /** Drops it if nothing more has come since then. */
  void forgetIfIdle(long since) {
    if (partial != null && partial.touched() - since < 0) {
      forget();
    }
  }
}
