package io.blockwise.job.worker;

import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.KnownTable;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.ReplyLostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * An exchange through which a worker that waits for others counts every second: it is they who
 * hang, if somebody does. How long it waits is bounded all the same. Thread-safe.
 */
public final class CountedExchange implements ParameterExchange {
  private static final Duration LONGEST_SLICE = Duration.ofSeconds(1);

  private final ParameterExchange exchange;
  private final WorkCount done;

  /** The same exchange for one worker. */
  public CountedExchange(ParameterExchange exchange, WorkCount done) {
    this.exchange = exchange;
    this.done = done;
  }

  @Override
  public List<Reply> open(LeaseAttempt attempt) throws InterruptedException {
    return open(attempt, List.of());
  }

  @Override
  public List<Reply> open(LeaseAttempt attempt, List<KnownTable> known)
      throws InterruptedException {
    List<Reply> replies = exchange.open(attempt, known);
    done.advance();
    return replies;
  }

  @Override
  public List<Reply> open(LeaseAttempt attempt, int first, List<KnownTable> known)
      throws InterruptedException {
    List<Reply> replies = exchange.open(attempt, first, known);
    done.advance();
    return replies;
  }

  @Override
  public CompletableFuture<Reply> push(Push push) {
    return exchange.push(push);
  }

  @Override
  public CompletableFuture<Reply> fetch(Fetch fetch) {
    return exchange.fetch(fetch);
  }

  @Override
  public Reply await(Fetch fetch, Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    Reply newest = null;
    ReplyLostException lost = null;
    long left = atMost.toNanos();
    do {
      try {
        newest = exchange.await(fetch, slice(left));
        done.advance();
      } catch (ReplyLostException e) {
        lost = e;
      }
      left = end - System.nanoTime();
    } while (left > 0 && (newest == null || !newest.decides(fetch.sequence())));
    if (newest == null) {
      throw lost;
    }
    return newest;
  }

  private static Duration slice(long left) {
    return Duration.ofNanos(Math.max(0, Math.min(left, LONGEST_SLICE.toNanos())));
  }

  @Override
  public void close(LeaseAttempt attempt, int block) {
    exchange.close(attempt, block);
  }

  @Override
  public void noted(LeaseAttempt attempt, long batch, Reply reply) {
    exchange.noted(attempt, batch, reply);
  }
}
