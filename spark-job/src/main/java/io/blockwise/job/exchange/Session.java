package io.blockwise.job.exchange;

import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.Reply;

/**
 * One lease on one block, as the driver's end of the wire sees it. Of what the ledger has said it
 * keeps no values, so that it keeps no version alive. Used under its endpoint's lock.
 */
final class Session {
  final LeaseAttempt attempt;

  /** The push that is coming in. */
  final PushInbox inbox;

  /** What this worker is reading piece by piece. */
  final StateReading reading;

  /** The ledger's last word on the pushes; null until the lease is open. */
  Reply decision;

  /** Whether that came with a state to adopt. */
  boolean adoptable;

  /** Number of the last push that the ledger could not take. */
  long refused;

  /** Number of the push whose fate is still to be found out; 0 if none. */
  long undecided;

  /** Whether the ledger's thread has been told to look. */
  boolean looking;

  /** The last question for the newest state, and the last one that has its answer. */
  long asked;

  long answered;
  Reply newest;

  Session(LeaseAttempt attempt, MemoryBudget memory, PinnedStates pinned) {
    this.attempt = attempt;
    this.inbox = new PushInbox(memory);
    this.reading = new StateReading(pinned);
  }

  /** Lets go of what is half done. */
  void forget() {
    inbox.forget();
    reading.end();
  }
}
