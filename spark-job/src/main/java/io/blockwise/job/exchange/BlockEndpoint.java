package io.blockwise.job.exchange;

import io.blockwise.job.exchange.wire.Answer;
import io.blockwise.job.exchange.wire.EncodedState;
import io.blockwise.job.exchange.wire.PushHeader;
import io.blockwise.job.exchange.wire.Status;
import io.blockwise.job.log.LogContext;
import io.blockwise.model.averaging.BlockShape;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.KnownTable;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.Verdict;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.table.RowTable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the messages about one block. What needs the block's ledger is queued for the thread that
 * calls it; answers consist of what the ledger has said before. Nothing that takes time is done
 * under the lock. Thread-safe.
 */
final class BlockEndpoint implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BlockEndpoint.class);

  private static final ToLongFunction<BlockState> EVER = state -> RowTable.EVER;

  private final BlockLedger ledger;
  private final LedgerThread thread;
  private final ExchangeLimits limits;
  private final int blocks;
  private final BlockShape shape;
  private final Sessions sessions;
  private volatile EncodedState encoded; // set by the ledger's thread alone

  /**
   * @param blocks of the run
   */
  BlockEndpoint(String run, BlockLedger ledger, int blocks, ExchangeLimits limits) {
    this.ledger = ledger;
    this.thread = new LedgerThread(run, ledger.block());
    this.limits = limits;
    this.blocks = blocks;
    this.shape = BlockShape.of(ledger.state());
    this.sessions = new Sessions(limits);
  }

  /** The newest attempt of a worker opens its lease, or asks again. */
  synchronized byte[] open(LeaseAttempt attempt, KnownTable known, long question) {
    if (sessions.isClosed()) {
      return Status.CLOSED.alone();
    }
    Session session = sessions.open(attempt);
    return ask(
        session, question, () -> answer(session, known::since, question, ledger.open(attempt)));
  }

  /** The newest state, or the fate of a push. */
  synchronized byte[] fetch(LeaseAttempt attempt, long sequence, long question) {
    Session session = sessions.of(attempt);
    if (session == null) {
      return Status.FENCED.alone();
    }
    if (sequence == 0) {
      Fetch newest = new Fetch(attempt, ledger.block(), 0);
      return ask(session, question, () -> answer(session, EVER, question, ledger.fetch(newest)));
    }
    if (session.hasRefused(sequence)) {
      return Status.REFUSED.alone();
    }
    Reply decision = session.decision();
    if (decision == null) {
      return Status.PENDING.alone();
    }
    if (decision.decides(sequence)) {
      boolean adoptable = decision.verdict().settles() && !decision.yours();
      return adoptable && hasTable()
          ? askForRows(session, sequence, question)
          : reply(session, decision, adoptable ? encoded : null);
    }
    session.awaitDecision(sequence);
    if (!session.isUpdating()) {
      session.updating(thread.execute(() -> updateDecision(session)));
    }
    return Answer.write(0, blocks, decision, decidedBefore(session, sequence), null);
  }

  private boolean hasTable() {
    return !shape.table().isNone();
  }

  /** Everybody knows another version, so that the ledger's thread encodes what he lacks. */
  private byte[] askForRows(Session session, long sequence, long question) {
    long known = session.base(sequence);
    Fetch settled = new Fetch(session.attempt, ledger.block(), sequence);
    return ask(
        session, question, () -> answer(session, state -> known, question, ledger.fetch(settled)));
  }

  private byte[] ask(Session session, long question, Runnable toLedger) {
    Reply newest = session.answer(question);
    if (newest != null) {
      boolean adoptable = newest.verdict() != Verdict.FENCED;
      return reply(session, newest, adoptable ? hasTable() ? session.own() : encoded : null);
    }
    if (session.foundNoRoom(question)) {
      return Status.BUSY.alone();
    }
    if (!session.hasAsked(question)) {
      if (!thread.execute(toLedger)) {
        return Status.BUSY.alone();
      }
      session.ask(question);
    }
    return Status.PENDING.alone();
  }

  /** The newest encoded state: at least as new as the one that the ledger spoke of. */
  private byte[] reply(Session session, Reply known, EncodedState state) {
    if (state == null || Answer.isInline(state)) {
      session.forgetValues(); // whoever does not get this answer asks anew
    } else {
      session.beginReading(state, limits.now());
    }
    return Answer.write(0, blocks, known, known.decided(), state);
  }

  /** A piece of the value that was spoken of in the answer before. */
  synchronized byte[] value(LeaseAttempt attempt, long version, int piece) {
    Session session = sessions.of(attempt);
    return session == null ? Status.FENCED.alone() : session.piece(version, piece, limits.now());
  }

  /** A piece of a push. The answer says how much of it has arrived, and never decides it. */
  synchronized byte[] push(LeaseAttempt attempt, PushHeader header, long offset, ByteBuffer piece) {
    Status impossible = header.check(shape, offset, piece.remaining());
    if (impossible != Status.OK) {
      return impossible.alone();
    }
    Session session = sessions.of(attempt);
    if (session == null) {
      return countOnly(attempt, header, offset, Status.FENCED.alone());
    }
    if (session.decision() == null) {
      return Status.PENDING.alone();
    }
    PushInbox inbox = session.inbox;
    if (inbox.hasTaken(header.sequence())) {
      return countOnly(attempt, header, offset, arrived(session, header, header.bytes()));
    }
    Status status = inbox.add(header, offset, piece, limits.now());
    if (status != Status.OK) {
      return status.alone();
    }
    return inbox.isWhole(header)
        ? handOver(session, header)
        : arrived(session, header, inbox.arrived(header));
  }

  private byte[] handOver(Session session, PushHeader header) {
    List<ByteBuffer> pieces = session.inbox.pieces();
    if (!thread.execute(LogContext.of(session.attempt, () -> fold(session, header, pieces)))) {
      session.inbox.forget();
      return Status.BUSY.alone();
    }
    session.inbox.handedOver();
    session.notePushed(header.sequence(), header.baseVersion());
    return arrived(session, header, header.bytes());
  }

  private byte[] arrived(Session session, PushHeader header, long bytes) {
    long decided = decidedBefore(session, header.sequence());
    return Answer.write(bytes, blocks, session.decision(), decided, null);
  }

  /** An answer without values must not decide a push: its sender would adopt them. */
  private static long decidedBefore(Session session, long sequence) {
    return Math.min(session.decision().decided(), sequence - 1);
  }

  /** A push that cannot count, of which the rest need not come. */
  byte[] countOnly(LeaseAttempt attempt, PushHeader header, long offset, byte[] reply) {
    boolean counted =
        offset > 0
            || thread.execute(
                () -> ledger.countWithoutValues(attempt, header.sequence(), header.kind()));
    return counted ? reply : Status.BUSY.alone();
  }

  /** Ends a lease. */
  synchronized byte[] close(LeaseAttempt attempt) {
    Session session = sessions.of(attempt);
    if (session == null) {
      return Status.FENCED.alone();
    }
    boolean told =
        thread.execute(
            () -> {
              ledger.close(attempt);
              updateDecisions();
            });
    if (told) {
      session.close();
    }
    return (told ? Status.OK : Status.BUSY).alone();
  }

  /** Drops pushes of which nothing has come for long, and values nobody reads on. */
  synchronized void forgetIdleTransfers() {
    sessions.forgetIdleTransfers();
  }

  /**
   * Takes nothing more and drops what is half sent and half read. Waits until the ledger has taken
   * all that was accepted, unless interrupted.
   */
  @Override
  public void close() {
    synchronized (this) {
      sessions.close();
    }
    thread.close();
  }

  /** Ends in an exception if the ledger cannot go on. */
  void requireWorking() {
    thread.requireWorking();
  }

  // What follows runs on the ledger's thread.

  private void fold(Session session, PushHeader header, List<ByteBuffer> pieces) {
    long sequence = header.sequence();
    try {
      decide(session, push(session.attempt, header, pieces), sequence);
    } catch (IllegalArgumentException e) {
      // its sender is told as well
      LOG.warn("Push {} of {} is refused: {}", sequence, session.attempt, e.getMessage());
      synchronized (this) {
        session.refuse(sequence);
      }
    }
    updateDecisions();
  }

  private Reply push(LeaseAttempt attempt, PushHeader header, List<ByteBuffer> pieces) {
    try {
      return ledger.push(header.assemble(attempt, ledger.block(), pieces));
    } finally {
      limits.memory().release(header.bytes());
    }
  }

  private void updateDecisions() {
    List<Session> waiting;
    synchronized (this) {
      waiting = sessions.undecided();
    }
    waiting.forEach(this::updateDecision);
  }

  private void updateDecision(Session session) {
    long sequence;
    synchronized (this) {
      session.updating(false);
      sequence = session.undecided();
    }
    if (sequence > 0) {
      decide(session, ledger.fetch(new Fetch(session.attempt, ledger.block(), sequence)), sequence);
    }
  }

  private void decide(Session session, Reply reply, long sequence) {
    encode(reply.state());
    synchronized (this) {
      session.decide(reply, sequence);
    }
  }

  /**
   * @param since the version after which all changes of a table are answered
   */
  private void answer(
      Session session, ToLongFunction<BlockState> since, long question, Reply reply) {
    BlockState state = reply.state();
    if (hasTable() && shape.isOf(state)) {
      answerWithRows(session, since.applyAsLong(state), question, reply);
      return;
    }
    encode(state);
    synchronized (this) {
      session.answer(reply, question);
    }
  }

  /** Encodes what one worker lacks, if there is room for it. */
  private void answerWithRows(Session session, long since, long question, Reply reply) {
    long bytes = EncodedState.bytes(reply.state(), since, limits.chunkBytes());
    if (!hasRoom(session, question, bytes)) {
      return;
    }
    boolean taken = false;
    try {
      EncodedState own = EncodedState.of(reply.state(), since, limits.chunkBytes());
      synchronized (this) {
        taken = session.answer(reply, question, own, limits.now());
      }
    } finally {
      if (!taken) {
        limits.memory().release(bytes);
      }
    }
  }

  private synchronized boolean hasRoom(Session session, long question, long bytes) {
    forgetIdleTransfers();
    session.forgetValues(); // of a question that nobody asks any more
    boolean room = !session.isClosed() && limits.memory().reserve(bytes);
    if (!room) {
      session.noteNoRoom(question);
    }
    return room;
  }

  /** Encodes a state for those who read it, if it is a newer one and has its values. */
  private void encode(BlockState state) {
    EncodedState last = encoded;
    if (!hasTable() && shape.isOf(state) && (last == null || last.version() < state.version())) {
      EncodedState next = EncodedState.of(state, limits.chunkBytes());
      synchronized (this) {
        encoded = next;
        forgetIdleTransfers(); // of what is read, the version before
      }
    }
  }
}
