package io.blockwise.job.exchange;

import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.Reply;

/** One lease on one block, as the driver's end of the wire sees it. Used under its desk's lock. */
final class Session {
  private static final FloatVector NONE = FloatVector.copyOf(new float[0]);

  /** What a ledger has said, without its values: a session shall keep no version alive. */
  record Known(Reply reply, boolean adoptable) {
    static Known of(Reply reply, boolean adoptable) {
      BlockState version = new BlockState(reply.state().version(), NONE, NONE);
      return new Known(
          new Reply(
              reply.block(),
              reply.decided(),
              reply.verdict(),
              reply.yours(),
              reply.members(),
              reply.ownExamples(),
              reply.otherExamples(),
              reply.periodDivisor(),
              version),
          adoptable);
    }
  }

  final LeaseAttempt attempt;

  /** The push that is coming in; null if none is. */
  PartialPush partial;

  /** Number of the last push that is whole. */
  long taken;

  /** Number of the last push that the ledger could not take. */
  long refused;

  /** The ledger's last word on the pushes; null until the lease is open. */
  Known decision;

  /** Number of the push whose fate is still to be found out; 0 if none. */
  long undecided;

  /** Whether the ledger's thread has been told to look. */
  boolean looking;

  /** The last question for the newest state, and the last one that has its answer. */
  long asked;

  long answered;
  Known newest;

  /** What this worker is reading piece by piece; null if nothing. */
  EncodedState reading;

  /** When it last read of it. */
  long readNanos;

  Session(LeaseAttempt attempt) {
    this.attempt = attempt;
  }
}
