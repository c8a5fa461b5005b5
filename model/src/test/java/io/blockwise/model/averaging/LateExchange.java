package io.blockwise.model.averaging;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Answers a push before it is folded, as a transport does whose receiver must not wait: the push
 * reaches its ledger when its fate has been asked for some times.
 */
final class LateExchange implements ParameterExchange {
  private record Waiting(Push push, int asked) {}

  private final ParameterExchange exchange;
  private final int questions;
  private final Map<String, Waiting> waiting = new HashMap<>();

  LateExchange(ParameterExchange exchange, int questions) {
    this.exchange = exchange;
    this.questions = questions;
  }

  @Override
  public List<Reply> open(LeaseAttempt attempt) throws InterruptedException {
    return exchange.open(attempt);
  }

  @Override
  public synchronized CompletableFuture<Reply> push(Push push) {
    waiting.put(key(push.lease(), push.block()), new Waiting(push, 0));
    return exchange.fetch(new Fetch(push.lease(), push.block(), push.sequence()));
  }

  @Override
  public synchronized CompletableFuture<Reply> fetch(Fetch fetch) {
    Waiting late = waiting.get(key(fetch.lease(), fetch.block()));
    if (late != null && late.asked() + 1 < questions) {
      waiting.put(key(fetch.lease(), fetch.block()), new Waiting(late.push(), late.asked() + 1));
    } else {
      deliver(fetch);
    }
    return exchange.fetch(fetch);
  }

  @Override
  public Reply await(Fetch fetch, Duration atMost) throws InterruptedException {
    deliver(fetch);
    return exchange.await(fetch, atMost);
  }

  @Override
  public void close(LeaseAttempt attempt, int block) {
    exchange.close(attempt, block);
  }

  private synchronized void deliver(Fetch fetch) {
    Waiting late = waiting.remove(key(fetch.lease(), fetch.block()));
    if (late != null) {
      exchange.push(late.push()).join();
    }
  }

  private static String key(LeaseAttempt lease, int block) {
    return lease.worker() + "/" + block;
  }
}
