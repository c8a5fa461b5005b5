package io.blockwise.model.averaging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Loses questions before they arrive, and answers after the ledger has acted; seeded. */
final class LossyExchange implements ParameterExchange {
  private final ParameterExchange exchange;
  private final Random random;
  private final double loss;
  private final List<Push> sent = new ArrayList<>();

  LossyExchange(ParameterExchange exchange, double loss, long seed) {
    this.exchange = exchange;
    this.loss = loss;
    this.random = new Random(seed);
  }

  /** All pushes in the order in which they were sent, repeated ones included. */
  synchronized List<Push> sent() {
    return List.copyOf(sent);
  }

  @Override
  public List<Reply> open(LeaseAttempt attempt) throws InterruptedException {
    return exchange.open(attempt);
  }

  @Override
  public synchronized CompletableFuture<Reply> push(Push push) {
    sent.add(push);
    return maybe(() -> exchange.push(push));
  }

  @Override
  public synchronized CompletableFuture<Reply> fetch(Fetch fetch) {
    return maybe(() -> exchange.fetch(fetch));
  }

  private CompletableFuture<Reply> maybe(Supplier<CompletableFuture<Reply>> question) {
    boolean arrives = random.nextDouble() >= loss;
    CompletableFuture<Reply> answer = arrives ? question.get() : null;
    boolean returns = arrives && random.nextDouble() >= loss;
    return returns
        ? answer
        : CompletableFuture.failedFuture(new ReplyLostException("lost by the test", null));
  }

  @Override
  public Reply await(Fetch fetch, Duration atMost) throws InterruptedException {
    return exchange.await(fetch, atMost);
  }

  @Override
  public void close(LeaseAttempt attempt, int block) {
    exchange.close(attempt, block);
  }
}
