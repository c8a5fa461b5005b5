package io.blockwise.job.exchange;

import io.blockwise.model.averaging.LeaseAttempt;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the exchange knows of the workers on one block: of each the session of its newest lease.
 * Used under its endpoint's lock.
 */
final class Sessions {
  private final ExchangeLimits limits;
  private final Map<Integer, Session> newest = new HashMap<>();
  private boolean closed;

  Sessions(ExchangeLimits limits) {
    this.limits = limits;
  }

  /** That of an attempt; null if it has none, its lease has ended or another has replaced it. */
  Session of(LeaseAttempt attempt) {
    Session session = newest.get(attempt.worker());
    boolean open = session != null && !session.isClosed() && session.attempt.equals(attempt);
    return open ? session : null;
  }

  /** That of its worker's newest attempt, new if it has none. */
  Session open(LeaseAttempt attempt) {
    Session session = of(attempt);
    if (session == null) {
      session = new Session(attempt, limits.memory());
      Session replaced = newest.put(attempt.worker(), session);
      if (replaced != null) {
        replaced.close();
      }
    }
    return session;
  }

  /** Those whose workers want to know what becomes of a push. */
  List<Session> undecided() {
    return newest.values().stream().filter(session -> session.undecided() > 0).toList();
  }

  /** Drops pushes of which nothing has come for long, and values nobody reads on. */
  void forgetIdleTransfers() {
    long since = limits.idleSince();
    newest.values().forEach(session -> session.forgetIdleTransfers(since));
  }

  /** Takes nothing more, and drops what is half sent and half read. */
  void close() {
    closed = true;
    newest.values().forEach(Session::close);
  }

  boolean isClosed() {
    return closed;
  }
}
