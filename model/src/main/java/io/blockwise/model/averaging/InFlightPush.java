package io.blockwise.model.averaging;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A push on its way, and the question about it that is open. A lost answer is asked for again: with
 * the same push as long as it is not known to have arrived. Used by one thread.
 */
final class InFlightPush {
  // A transport has its own time-out for each; when all of these are lost, it is down.
  private static final int MOST_LOST = 8;

  private final ParameterExchange exchange;
  private final Push push;
  private CompletableFuture<Reply> answer;
  private boolean arrived;
  private int lost;
  private long sent;

  InFlightPush(ParameterExchange exchange, Push push) {
    this.exchange = exchange;
    this.push = push;
    ask();
  }

  Push push() {
    return push;
  }

  /** How often the push has been sent. */
  long sent() {
    return sent;
  }

  /** The answer, if it is there; asks again if it does not decide the push. Never waits. */
  Optional<Reply> poll() {
    if (!answer.isDone()) {
      return Optional.empty();
    }
    try {
      Reply reply = taken(answer.get());
      if (!reply.decides(push.sequence())) {
        ask();
      }
      return Optional.of(reply);
    } catch (ExecutionException e) {
      repeat(e);
      return Optional.empty();
    } catch (InterruptedException e) {
      throw new AssertionError("a future that is done does not wait", e);
    }
  }

  /**
   * Waits until the push is decided.
   *
   * @throws NotSettledException if that takes longer than {@code patience}
   */
  Reply await(Duration patience) throws InterruptedException {
    Optional<Reply> reply = Optional.empty();
    while (reply.isEmpty()) {
      reply = answered(patience);
    }
    if (!reply.get().decides(push.sequence())) {
      reply = Optional.of(exchange.await(question(), patience));
    }
    if (!reply.get().decides(push.sequence())) {
      throw new NotSettledException(push, reply.get().live(), patience);
    }
    return reply.get();
  }

  private Optional<Reply> answered(Duration patience) throws InterruptedException {
    try {
      return Optional.of(taken(answer.get(patience.toNanos(), TimeUnit.NANOSECONDS)));
    } catch (ExecutionException e) {
      repeat(e);
      return Optional.empty();
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "Cannot send " + push + ": no answer within " + patience.toMillis() / 1000.0 + " s", e);
    }
  }

  private Reply taken(Reply reply) {
    arrived = true;
    lost = 0;
    return reply;
  }

  private void repeat(ExecutionException failure) {
    if (!(failure.getCause() instanceof ReplyLostException)) {
      throw new IllegalStateException("Cannot send " + push + ": " + failure.getCause(), failure);
    }
    lost++;
    if (lost == MOST_LOST) {
      throw new IllegalStateException(
          "Cannot send " + push + ": " + lost + " answers in a row were lost", failure);
    }
    ask();
  }

  private void ask() {
    if (arrived) {
      answer = exchange.fetch(question());
    } else {
      sent++;
      answer = exchange.push(push);
    }
  }

  private Fetch question() {
    return new Fetch(push.lease(), push.block(), push.sequence());
  }
}
