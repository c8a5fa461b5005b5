package io.blockwise.job.exchange;

import io.blockwise.job.exchange.wire.EncodedState;
import io.blockwise.job.exchange.wire.Status;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.table.RowTable;

/**
 * What the exchange knows on the driver of one lease on one block: the push that is coming in, the
 * ledger's last answers, and what the worker is reading. Answers are kept without values, so that
 * no version stays in memory but the one that is read, and of a table the rows that its worker has
 * asked for. Used under its endpoint's lock.
 */
final class Session {
  final LeaseAttempt attempt;

  /** The push that is coming in. */
  final PushInbox inbox;

  private final MemoryBudget memory;
  private Reply decision;
  private long refused;
  private long undecided;
  private boolean updating;

  private boolean closed;

  private long asked;
  private long answered;
  private long withoutRoom;
  private Reply newest;
  private EncodedState own;
  private long pushed;
  private long base;

  private EncodedState reading;
  private long lastReadAt;

  Session(LeaseAttempt attempt, MemoryBudget memory) {
    this.attempt = attempt;
    this.memory = memory;
    this.inbox = new PushInbox(memory);
  }

  /** Drops what is half sent and half read, and takes no more. */
  void close() {
    closed = true;
    inbox.forget();
    forgetValues();
  }

  /** Whether the lease has ended, or another attempt has it. */
  boolean isClosed() {
    return closed;
  }

  /**
   * Drops what has been half sent, half read or not been read at all since then; whoever comes back
   * asks anew.
   */
  void forgetIdleTransfers(long since) {
    inbox.forgetIfIdle(since);
    if (lastReadAt - since < 0) {
      forgetValues();
    }
  }

  /** Drops the values that the worker reads, or was to read. */
  void forgetValues() {
    endReading();
    forgetOwn();
  }

  private void forgetOwn() {
    if (own != null) {
      reading = reading == own ? null : reading;
      memory.release(own.bytes());
      own = null;
      asked = asked == answered ? 0 : asked;
      answered = 0;
    }
  }

  // Pushes.

  /** Notes the version on which the push with this number is based. */
  void notePushed(long sequence, long baseVersion) {
    pushed = sequence;
    base = baseVersion;
  }

  /** The version that the worker has had since it sent a push; below 0 if that is not known. */
  long base(long sequence) {
    return sequence > 0 && sequence == pushed ? base : RowTable.EVER;
  }

  /** The ledger's newest word on the pushes; null until it has opened the lease. */
  Reply decision() {
    return decision;
  }

  /** Notes what the ledger has said about the push with this number, which may be no decision. */
  void decide(Reply reply, long sequence) {
    decision = reply.withoutState();
    undecided = reply.decides(sequence) ? 0 : sequence;
  }

  /** Notes that the ledger cannot take the push with this number. */
  void refuse(long sequence) {
    refused = sequence;
  }

  /** Whether the ledger cannot take the push with this number. */
  boolean hasRefused(long sequence) {
    return refused == sequence;
  }

  /** Notes that the worker wants to know what becomes of the push with this number. */
  void awaitDecision(long sequence) {
    undecided = sequence;
  }

  /** Number of the push that the worker wants to know about; 0 if there is none. */
  long undecided() {
    return undecided;
  }

  /** Whether the ledger's thread is about to ask what has become of that push. */
  boolean isUpdating() {
    return updating;
  }

  /** Notes whether the ledger's thread is about to ask. */
  void updating(boolean expected) {
    updating = expected;
  }

  // Questions for the newest state.

  /** The answer to this question; null as long as the ledger has not given it. */
  Reply answer(long question) {
    return answered == question ? newest : null;
  }

  /** Whether the ledger's thread has this question already. */
  boolean hasAsked(long question) {
    return asked == question;
  }

  /** Notes that the ledger's thread has this question. */
  void ask(long question) {
    asked = question;
  }

  /** Notes that there was no room for the answer to a question, which may be asked anew. */
  void noteNoRoom(long question) {
    withoutRoom = question;
    asked = 0;
  }

  /** Whether there was no room for the answer to this question; says so once. */
  boolean foundNoRoom(long question) {
    boolean found = withoutRoom == question;
    withoutRoom = found ? 0 : withoutRoom;
    return found;
  }

  /**
   * Notes the ledger's answer to a question, with a state that is encoded for this worker. Releases
   * what was reserved for that once it is read, or nobody reads it.
   *
   * @return false if the session is closed, and the state not taken
   */
  boolean answer(Reply reply, long question, EncodedState state, long nanoTime) {
    if (closed) {
      return false;
    }
    answer(reply, question);
    own = state;
    lastReadAt = nanoTime;
    return true;
  }

  /** The state that is encoded for this worker; null if there is none. */
  EncodedState own() {
    return own;
  }

  /** Notes the ledger's answer to a question. */
  void answer(Reply reply, long question) {
    forgetOwn();
    newest = reply.withoutState();
    answered = question;
    if (decision == null) {
      decision = newest;
    }
  }

  // Values that are read piece by piece.

  /** The worker is going to ask for the pieces of this version. */
  void beginReading(EncodedState state, long nanoTime) {
    if (state != reading) {
      if (state != own && state.addReader()) {
        memory.pin(state.bytes());
      }
      endReading();
      reading = state;
    }
    lastReadAt = nanoTime;
  }

  private void endReading() {
    if (reading != null && reading != own && reading.removeReader()) {
      memory.unpin(reading.bytes());
    }
    reading = null;
  }

  /** A piece of the version that was begun; the last one ends the reading. */
  byte[] piece(long version, int piece, long nanoTime) {
    if (reading == null || reading.version() != version) {
      return Status.RESTART.alone();
    }
    if (piece < 0 || piece >= reading.pieces()) {
      return Status.MALFORMED.alone();
    }
    byte[] reply = reading.reply(piece);
    lastReadAt = nanoTime;
    if (piece == reading.pieces() - 1) {
      forgetValues();
    }
    return reply;
  }
}
