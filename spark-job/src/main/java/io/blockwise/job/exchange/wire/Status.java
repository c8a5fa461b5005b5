package io.blockwise.job.exchange.wire;

import java.util.Optional;

/** What the driver makes of a message: the first byte of every reply. */
public enum Status {
  /** Done; what was asked for follows. */
  OK,
  /** A ledger's thread has the question; ask again. */
  PENDING,
  /** Not a message of this format, or damaged. */
  MALFORMED,
  /** Shorter than it says it is. */
  TRUNCATED,
  /** Longer than allowed, or than the block is. */
  OVERSIZED,
  /** No such run in this application. */
  UNKNOWN_RUN,
  /** The run has ended. */
  CLOSED,
  /** There is a newer attempt at the lease, or the lease was never opened. */
  FENCED,
  /** There is no room now; send it again later. */
  BUSY,
  /** This version of the value is not held any more; fetch again. */
  RESTART,
  /** The ledger cannot take this push, now or later. */
  REFUSED,
  /** The driver has failed at it, which must not happen; its log says why. */
  FAILED;

  private static final Status[] ALL = values();

  /** This byte alone. */
  public byte[] alone() {
    return new byte[] {(byte) ordinal()};
  }

  /** The status that a byte stands for. */
  public static Optional<Status> of(byte code) {
    return code >= 0 && code < ALL.length ? Optional.of(ALL[code]) : Optional.empty();
  }
}
