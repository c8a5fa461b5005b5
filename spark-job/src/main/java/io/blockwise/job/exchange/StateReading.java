package io.blockwise.job.exchange;

/** The version of a state that one worker reads piece by piece. Used under its endpoint's lock. */
final class StateReading {
  private final PinnedStates pinned;
  private EncodedState state;
  private long touched;

  StateReading(PinnedStates pinned) {
    this.pinned = pinned;
  }

  /** Its pieces will be asked for. */
  void begin(EncodedState next, long nanoTime) {
    turnTo(next);
    touched = nanoTime;
  }

  /** Nothing more will be asked for. */
  void end() {
    turnTo(null);
  }

  /** Ends if nothing has been asked for since then; whoever comes back asks anew. */
  void endIfIdle(long since) {
    if (state != null && touched - since < 0) {
      end();
    }
  }

  private void turnTo(EncodedState next) {
    if (next != state) {
      pinned.move(state, next);
      state = next;
    }
  }

  /** A piece of the version that was begun; the last one ends the reading. */
  byte[] piece(long version, int piece, long nanoTime) {
    if (state == null || state.version() != version) {
      return Status.RESTART.alone();
    }
    if (piece < 0 || piece >= state.pieces()) {
      return Status.MALFORMED.alone();
    }
    byte[] reply = state.reply(piece);
    touched = nanoTime;
    if (piece == state.pieces() - 1) {
      end();
    }
    return reply;
  }
}
