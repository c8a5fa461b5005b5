package io.blockwise.job.exchange;

import io.blockwise.model.averaging.BlockLedger;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One block's ledger and the thread that speaks to it. Messages are only noted here, and answered
 * from what the ledger has said before; nothing that takes time is done under the lock.
 * Thread-safe.
 */
final class BlockDesk {
  private final BlockLedger ledger;
  private final LedgerThread thread;
  private final HeldBytes memory;
  private final int blocks;
  private final int chunkBytes;
  private final int values;
  private final int statistics;
  private final IdleTime idle;
  private final PinnedStates pinned;
  private final Map<Integer, Session> sessions = new HashMap<>();
  private EncodedState encoded;

  BlockDesk(
      BlockLedger ledger,
      LedgerThread thread,
      HeldBytes memory,
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
      forget(session);
      session = new Session(attempt);
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
    if (session.decision.reply().decides(sequence)) {
      return reply(session, session.decision, 0);
    }
    session.undecided = sequence;
    look(session);
    return Answer.write(
        0, blocks, session.decision.reply(), decidedBefore(session, sequence), null);
  }

  private byte[] ask(Session session, long question, Runnable toLedger) {
    if (session.answered == question) {
      return reply(session, session.newest, 0);
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
  private byte[] reply(Session session, Session.Known known, long arrived) {
    EncodedState state = known.adoptable() ? encoded : null;
    read(session, state == null || Answer.isInline(state) ? null : state);
    return Answer.write(arrived, blocks, known.reply(), known.reply().decided(), state);
  }

  private void read(Session session, EncodedState state) {
    if (state != session.reading) {
      pinned.move(session.reading, state);
      session.reading = state;
    }
    session.readNanos = idle.now();
  }

  /** A piece of the value that was spoken of in the answer before. */
  synchronized byte[] value(LeaseAttempt attempt, long version, int piece) {
    Session session = session(attempt);
    if (session == null) {
      return Status.FENCED.alone();
    }
    EncodedState state = session.reading;
    if (state == null || state.version() != version) {
      return Status.RESTART.alone();
    }
    if (piece < 0 || piece >= state.pieces()) {
      return Status.MALFORMED.alone();
    }
    read(session, piece == state.pieces() - 1 ? null : state);
    return state.reply(piece);
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
    if (header.sequence() <= session.taken) {
      byte[] known = arrived(session, header, header.bytes());
      return countOnly(attempt, header, offset, known);
    }
    return add(session, header, offset, message, nanoTime);
  }

  private byte[] add(
      Session session, PushHeader header, long offset, Message message, long nanoTime) {
    PartialPush partial = session.partial;
    if (partial == null || partial.header().sequence() < header.sequence()) {
      if (offset > 0) {
        return arrived(session, header, 0);
      }
      forgetPartial(session);
      if (!memory.reserve(header.bytes())) {
        return Status.BUSY.alone();
      }
      partial = new PartialPush(header);
      session.partial = partial;
    } else if (!partial.header().equals(header)) {
      return Status.MALFORMED.alone();
    }
    if (offset == partial.arrived()) {
      partial.add(message.body().slice(), nanoTime);
    }
    return partial.isComplete()
        ? take(session, partial)
        : arrived(session, header, partial.arrived());
  }

  private byte[] take(Session session, PartialPush push) {
    if (!thread.execute(() -> fold(session, push))) {
      forgetPartial(session);
      return Status.BUSY.alone();
    }
    session.partial = null;
    session.taken = push.header().sequence();
    return arrived(session, push.header(), push.header().bytes());
  }

  private byte[] arrived(Session session, PushHeader header, long bytes) {
    Reply known = session.decision.reply();
    return Answer.write(bytes, blocks, known, decidedBefore(session, header.sequence()), null);
  }

  /** An answer without values must not decide a push: its sender would adopt them. */
  private static long decidedBefore(Session session, long sequence) {
    return Math.min(session.decision.reply().decided(), sequence - 1);
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
    forget(session);
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
      if (session.partial != null && session.partial.touched() - since < 0) {
        forgetPartial(session);
      }
      if (session.reading != null && session.readNanos - since < 0) {
        read(session, null); // whoever comes back asks anew
      }
    }
  }

  /** Drops all that is not whole. */
  synchronized void dropAll() {
    sessions.values().forEach(this::forget);
  }

  private void forget(Session session) {
    if (session != null) {
      forgetPartial(session);
      read(session, null);
    }
  }

  private void forgetPartial(Session session) {
    if (session.partial != null) {
      memory.release(session.partial.header().bytes());
      session.partial = null;
    }
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
    Session.Known known = known(reply);
    synchronized (this) {
      session.decision = known;
      session.undecided = reply.decides(sequence) ? 0 : sequence;
    }
  }

  private void answer(Session session, long question, Reply reply) {
    Session.Known known = known(reply);
    synchronized (this) {
      session.newest = known;
      session.answered = question;
      if (session.decision == null) {
        session.decision = known;
      }
    }
  }

  private Session.Known known(Reply reply) {
    boolean adoptable =
        reply.state().value().length() == values
            && reply.state().statistics().length() == statistics;
    if (adoptable) {
      encode(reply.state());
    }
    return Session.Known.of(reply, adoptable);
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
