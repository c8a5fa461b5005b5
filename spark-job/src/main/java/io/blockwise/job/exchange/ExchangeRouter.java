package io.blockwise.job.exchange;

import io.blockwise.base.UserException;
import io.blockwise.job.exchange.wire.Message;
import io.blockwise.job.exchange.wire.Status;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives all messages to a driver and has the server of their run answer them. Never throws,
 * never waits. Thread-safe.
 */
final class ExchangeRouter {
  /** The one that Spark's plugin feeds. */
  static final ExchangeRouter OF_THIS_PROCESS = new ExchangeRouter();

  private static final Logger LOG = LoggerFactory.getLogger(ExchangeRouter.class);
  private static final int CLOSED_RUNS_KNOWN = 256;

  private final Map<String, ExchangeServer> runs = new ConcurrentHashMap<>();
  private final Set<String> closed = new LinkedHashSet<>();
  private final MessageCounts messages = new MessageCounts();

  void open(String run, ExchangeServer server) {
    if (runs.putIfAbsent(run, server) != null) {
      throw new UserException(
          "Cannot train run "
              + run
              + ": a run of this id is being trained in this application (wait for its end, or give"
              + " this one another run-id)");
    }
  }

  void close(String run, ExchangeServer server) {
    if (runs.remove(run, server)) {
      synchronized (closed) {
        closed.add(run);
        if (closed.size() > CLOSED_RUNS_KNOWN) {
          closed.remove(closed.iterator().next());
        }
      }
    }
  }

  /** Messages to this driver so far, those that belong to no run included. */
  MessageCounts messages() {
    return messages;
  }

  /**
   * Answers whatever has come in.
   *
   * @return a status and what belongs to it; null only for a message that wants no answer
   */
  byte[] receive(Object received) {
    int bytes = received instanceof byte[] message ? message.length : 0;
    byte[] reply = null;
    ExchangeServer server = null;
    int block = 0;
    try {
      Message message = Message.parse(received);
      block = message.block();
      server = runs.get(message.run());
      reply = server == null ? unknownRun(message.run()) : server.answer(message);
    } catch (Message.RefusedException e) {
      reply = e.status().alone();
    } catch (RuntimeException | Error e) {
      // Spark's thread serves every executor and every plugin
      LOG.error("The exchange has failed at a message", e);
      reply = Status.FAILED.alone();
    }
    messages.count(bytes, reply);
    if (server != null) {
      server.count(block, bytes, reply);
    }
    return reply;
  }

  private byte[] unknownRun(String run) {
    synchronized (closed) {
      return (closed.contains(run) ? Status.CLOSED : Status.UNKNOWN_RUN).alone();
    }
  }
}
