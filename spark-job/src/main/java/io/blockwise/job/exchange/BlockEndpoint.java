package io.blockwise.job.exchange;

import io.blockwise.model.averaging.BlockLedger;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the messages about one block arrive: notes them for the thread that speaks to the block's
 * ledger, and answers from what the ledger has said before. Nothing that takes time is done under
 * the lock. Thread-safe.
 */
final class BlockEndpoint {
  private final BlockLedger ledger;
  private final LedgerThread thread;
  private final MemoryBudget memory;
  private final int blocks;
  private final int chunkBytes;
  private final int values;
  private final int statistics;
  private final IdleTime idle;
  private final PinnedStates pinned;
  private final Map<Integer, Session> sessions = new HashMap<>();
  private EncodedState encoded;

  BlockEndpoint(
      BlockLedger ledger,
      LedgerThread thread,
      MemoryBudget memory,
      int blocks,
      int chunkBytes,
      IdleTime idle) {
    this.ledger = ledger;
    this.thread = thread;
    this.memory = memory;
    this.blocks = blocks;
    this.chunkBytes = chunkBytes;
    this.idle = idle;
    this.pinned = new PinnedStates(memory);
    BlockState state = ledger.state();
    this.values = state.value().length();
    this.statistics = state.statistics().length();
  }

  /** The newest attempt of a worker opens its lease, or asks again. */
  synchronized byte[] open(LeaseAttempt attempt, long question) {
    Session session = sessions.get(attempt.worker());
    if (session == null || !session.attempt.equals(attempt)) {
      if (session != null) {
        session.forget();
      }
      session = new Session(attempt, memory, pinned);
      sessions.put(attempt.worker(), session);
    }
    Session opening = session;
    return ask(session, question, () -> answer(opening, question, ledger.open(attempt)));
  }

  /** The newest state, or the fate of a push. */
  synchronized byte[] fetch(LeaseAttempt attempt, long sequence, long question) {
    Session session = session(attempt);
    if (session == null) {
      return Status.FENCED.alone();
    }
    if (sequence == 0) {
      Fetch newest = new Fetch(attempt, ledger.block(), 0);
      return ask(session, question, () -> answer(session, question, ledger.fetch(newest)));
    }
    if (session.refused == sequence) {
      return Status.REFUSED.alone();
    }
    if (session.decision == null) {
      return Status.PENDING.alone();
    }
    if (session.decision.decides(sequence)) {
      return reply(session, session.decision, session.adoptable);
    }
    session.undecided = sequence;
    look(session);
    return Answer.write(0, blocks, session.decision, decidedBefore(session, sequence), null);
  }

  private byte[] ask(Session session, long question, Runnable toLedger) {
    if (session.answered == question) {
      return reply(session, session.newest, session.newest.verdict() != Verdict.FENCED);
    }
    if (session.asked != question) {
      if (!thread.execute(toLedger)) {
        return Status.BUSY.alone();
      }
      session.asked = question;
    }
    return Status.PENDING.alone();
  }

  /** The newest encoded state: at least as new as the one that the ledger spoke of. */
  private byte[] reply(Session session, Reply known, boolean adoptable) {
    EncodedState state = adoptable ? encoded : null;
    if (state == null || Answer.isInline(state)) {
      session.reading.end();
    } else {
      session.reading.begin(state, idle.now());
    }
    return Answer.write(0, blocks, known, known.decided(), state);
  }

  /** A piece of the value that was spoken of in the answer before. */
  synchronized byte[] value(LeaseAttempt attempt, long version, int piece) {
    Session session = session(attempt);
    return session == null
        ? Status.FENCED.alone()
        : session.reading.piece(version, piece, idle.now());
  }

  /** A piece of a push. The answer says how much of it has arrived, and never decides it. */
  synchronized byte[] push(
      LeaseAttempt attempt, PushHeader header, long offset, Message message, long nanoTime) {
    int piece = message.body().remaining();
    boolean pass = header.kind() == Push.Kind.PASS;
    if (!pass && (header.values() != values || header.statistics() != statistics)) {
      boolean more = header.values() > values || header.statistics() > statistics;
      return (more ? Status.OVERSIZED : Status.REFUSED).alone();
    }
    if (offset < 0 || offset > header.bytes() - piece || piece == 0 && header.bytes() > 0) {
      return Status.MALFORMED.alone();
    }
    Session session = session(attempt);
    if (session == null) {
      return countOnly(attempt, header, offset, Status.FENCED.alone());
    }
    if (session.decision == null) {
      return Status.PENDING.alone();
    }
    if (session.inbox.hasTaken(header.sequence())) {
      byte[] known = arrived(session, header, header.bytes());
      return countOnly(attempt, header, offset, known);
    }
    Status status = session.inbox.add(header, offset, message.body().slice(), nanoTime);
    if (status != Status.OK) {
      return status.alone();
    }
    return session.inbox.isWhole(header)
        ? take(session, header)
        : arrived(session, header, session.inbox.arrived(header));
  }

  private byte[] take(Session session, PushHeader header) {
    PartialPush push = session.inbox.whole();
    if (!thread.execute(() -> fold(session, push))) {
      session.inbox.forget();
      return Status.BUSY.alone();
    }
    session.inbox.handedOver();
    return arrived(session, header, header.bytes());
  }

  private byte[] arrived(Session session, PushHeader header, long bytes) {
    long decided = decidedBefore(session, header.sequence());
    return Answer.write(bytes, blocks, session.decision, decided, null);
  }

  /** An answer without values must not decide a push: its sender would adopt them. */
  private static long decidedBefore(Session session, long sequence) {
    return Math.min(session.decision.decided(), sequence - 1);
  }

  /** A push that cannot count, of which the rest need not come. */
  byte[] countOnly(LeaseAttempt attempt, PushHeader header, long offset, byte[] reply) {
    boolean counted = offset > 0 || thread.execute(() -> count(attempt, header));
    return counted ? reply : Status.BUSY.alone();
  }

  private void count(LeaseAttempt attempt, PushHeader header) {
    ledger.countWithoutValues(attempt, header.sequence(), header.kind());
  }

  /** Ends a lease. */
  synchronized byte[] close(LeaseAttempt attempt) {
    Session session = session(attempt);
    if (session == null) {
      return Status.FENCED.alone();
    }
    session.forget();
    boolean told =
        thread.execute(
            () -> {
              ledger.close(attempt);
              lookForAll();
            });
    return (told ? Status.OK : Status.BUSY).alone();
  }

  /** Drops pushes of which nothing has come for long, and values nobody reads on. */
  synchronized void dropIdle() {
    long since = idle.since();
    for (Session session : sessions.values()) {
      session.inbox.forgetIfIdle(since);
      session.reading.endIfIdle(since);
    }
  }

  /** Drops all that is not whole. */
  synchronized void dropAll() {
    sessions.values().forEach(Session::forget);
  }

  private Session session(LeaseAttempt attempt) {
    Session session = sessions.get(attempt.worker());
    return session != null && session.attempt.equals(attempt) ? session : null;
  }

  private void look(Session session) {
    if (!session.looking) {
      session.looking = thread.execute(() -> lookFor(session));
    }
  }

  // What follows runs on the ledger's thread.

  private void fold(Session session, PartialPush push) {
    long sequence = push.header().sequence();
    try {
      decide(session, pushed(session.attempt, push), sequence);
    } catch (IllegalArgumentException e) {
      thread.report("Push " + sequence + " of " + session.attempt + " is refused", e);
      synchronized (this) {
        session.refused = sequence;
      }
    }
    lookForAll();
  }

  private Reply pushed(LeaseAttempt attempt, PartialPush push) {
    try {
      return ledger.push(push.header().assemble(attempt, ledger.block(), push.pieces()));
    } finally {
      memory.release(push.header().bytes());
    }
  }

  private void lookForAll() {
    List<Session> open;
    synchronized (this) {
      open = sessions.values().stream().filter(session -> session.undecided > 0).toList();
    }
    open.forEach(this::lookFor);
  }

  private void lookFor(Session session) {
    long sequence;
    synchronized (this) {
      session.looking = false;
      sequence = session.undecided;
    }
    if (sequence > 0) {
      decide(session, ledger.fetch(new Fetch(session.attempt, ledger.block(), sequence)), sequence);
    }
  }

  private void decide(Session session, Reply reply, long sequence) {
    boolean adoptable = encoded(reply);
    synchronized (this) {
      session.decision = reply.withoutState();
      session.adoptable = adoptable;
      session.undecided = reply.decides(sequence) ? 0 : sequence;
    }
  }

  private void answer(Session session, long question, Reply reply) {
    boolean adoptable = encoded(reply);
    synchronized (this) {
      session.newest = reply.withoutState();
      session.answered = question;
      if (session.decision == null) {
        session.decision = session.newest;
        session.adoptable = adoptable;
      }
    }
  }

  /** Encodes the reply's state; false if it has none. */
  private boolean encoded(Reply reply) {
    boolean adoptable =
        reply.state().value().length() == values
            && reply.state().statistics().length() == statistics;
    if (adoptable) {
      encode(reply.state());
    }
    return adoptable;
  }

  private void encode(BlockState state) {
    EncodedState last;
    synchronized (this) {
      last = encoded;
    }
    if (last == null || last.version() < state.version()) {
      EncodedState next = EncodedState.of(state, chunkBytes);
      synchronized (this) {
        encoded = next;
        dropIdle(); // of what is read, the version before
      }
    }
  }
}
