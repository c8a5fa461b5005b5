package io.blockwise.model.averaging.replica;

import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.ReplyLostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * A push that is not decided yet, and the request for its fate that is open. A lost answer is asked
 * for again: with the same push as long as it is not known to have arrived, at once the first time,
 * and after growing pauses until the patience is used up. Used by one thread.
 */
final class InFlightPush {
  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(2);

  private final ParameterExchange exchange;
  private final Push push;
  private final Duration patience;
  private final LongSupplier nanoClock;
  private CompletableFuture<Answer> answer;
  private boolean arrived;
  private long sent;
  private long thereNanos;
  private long backNanos;

  private int lostAnswers;
  private long firstLost;
  private long pause;
  private long askAt;

  /** An answer, and the time from the question to its arrival. */
  private record Answer(Reply reply, long nanos) {}

  /**
   * @param patience longest time without any answer, and longest wait for the push to be decided
   * @param nanoClock monotonic time in nanoseconds, by which the round trip is measured
   */
  InFlightPush(ParameterExchange exchange, Push push, Duration patience, LongSupplier nanoClock) {
    this.exchange = exchange;
    this.push = push;
    this.patience = patience;
    this.nanoClock = nanoClock;
    ask();
  }

  Push push() {
    return push;
  }

  /** How often the push has been sent. */
  long sent() {
    return sent;
  }

  /**
   * What the push took to its ledger, and the last answer from there: the time that it waited to be
   * decided is not in it. 0 before the first answer.
   */
  long roundTripNanos() {
    return thereNanos + backNanos;
  }

  /** The answer, if it is there; asks again if it does not decide the push. Never waits. */
  Optional<Reply> poll() {
    if (answer == null && System.nanoTime() - askAt >= 0) {
      ask();
    }
    if (answer == null || !answer.isDone()) {
      return Optional.empty();
    }
    try {
      Reply reply = noteAnswer(answer.get());
      if (!reply.decides(push.sequence())) {
        ask();
      }
      return Optional.of(reply);
    } catch (ExecutionException e) {
      noteLostAnswer(e);
      return Optional.empty();
    } catch (InterruptedException e) {
      throw new AssertionError("a future that is done does not wait", e);
    }
  }

  /**
   * Waits until the push is decided.
   *
   * @throws NotSettledException if that takes longer than the patience
   */
  Reply await() throws InterruptedException {
    Optional<Reply> reply = Optional.empty();
    while (reply.isEmpty()) {
      reply = answered();
    }
    if (!reply.get().decides(push.sequence())) {
      reply = Optional.of(exchange.await(question(), patience));
    }
    if (!reply.get().decides(push.sequence())) {
      throw new NotSettledException(push, reply.get().members(), patience);
    }
    return reply.get();
  }

  private Optional<Reply> answered() throws InterruptedException {
    if (answer == null) {
      TimeUnit.NANOSECONDS.sleep(askAt - System.nanoTime());
      ask();
    }
    try {
      return Optional.of(noteAnswer(answer.get(patience.toNanos(), TimeUnit.NANOSECONDS)));
    } catch (ExecutionException e) {
      noteLostAnswer(e);
      return Optional.empty();
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "Cannot send " + push + ": no answer within " + seconds(patience.toNanos()) + " s", e);
    }
  }

  private Reply noteAnswer(Answer come) {
    if (arrived) {
      backNanos = come.nanos();
    } else {
      thereNanos = come.nanos();
    }
    arrived = true;
    lostAnswers = 0;
    return come.reply();
  }

  private void noteLostAnswer(ExecutionException failure) {
    if (!(failure.getCause() instanceof ReplyLostException)) {
      throw new IllegalStateException("Cannot send " + push + ": " + failure.getCause(), failure);
    }
    long now = System.nanoTime();
    pause =
        lostAnswers == 0 ? 0 : lostAnswers == 1 ? FIRST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
    firstLost = lostAnswers == 0 ? now : firstLost;
    lostAnswers++;
    if (now - firstLost > patience.toNanos()) {
      throw new IllegalStateException(
          "Cannot send "
              + push
              + ": the last "
              + lostAnswers
              + " answers were lost, for "
              + seconds(now - firstLost)
              + " s (is the driver reachable?)",
          failure);
    }
    answer = null;
    askAt = now + pause;
  }

  private static double seconds(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos) / 1000.0;
  }

  private void ask() {
    long asked = nanoClock.getAsLong();
    if (!arrived) {
      sent++;
    }
    CompletableFuture<Reply> reply = arrived ? exchange.fetch(question()) : exchange.push(push);
    answer = reply.thenApply(come -> new Answer(come, nanoClock.getAsLong() - asked));
  }

  private Fetch question() {
    return new Fetch(push.lease(), push.block(), push.sequence());
  }
}
