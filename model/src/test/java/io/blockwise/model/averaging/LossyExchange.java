package io.blockwise.model.averaging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Loses questions before they arrive, and answers after the ledger has acted; of one block never as
 * many in a row as a worker gives up after. Seeded.
 */
final class LossyExchange implements ParameterExchange {
  private static final int MOST_IN_A_ROW = 5;

  private final ParameterExchange exchange;
  private final Random random;
  private final double loss;
  private final int mostInARow;
  private final List<Push> sent = new ArrayList<>();
  private final Map<Integer, Integer> lostInARow = new HashMap<>();

  LossyExchange(ParameterExchange exchange, double loss, long seed) {
    this(exchange, loss, seed, MOST_IN_A_ROW);
  }

  /**
   * @param mostInARow answers of a block that are lost one after the other; with 1 nobody pauses
   *     before asking again, so that no clock has a say in what happens
   */
  LossyExchange(ParameterExchange exchange, double loss, long seed, int mostInARow) {
    this.mostInARow = mostInARow;
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
    return maybe(push.block(), () -> exchange.push(push));
  }

  @Override
  public synchronized CompletableFuture<Reply> fetch(Fetch fetch) {
    return maybe(fetch.block(), () -> exchange.fetch(fetch));
  }

  private CompletableFuture<Reply> maybe(int block, Supplier<CompletableFuture<Reply>> question) {
    boolean arrives = !isLost(block);
    CompletableFuture<Reply> answer = arrives ? question.get() : null;
    boolean returns = arrives && !isLost(block);
    lostInARow.put(block, returns ? 0 : lostInARow.getOrDefault(block, 0) + 1);
    return returns
        ? answer
        : CompletableFuture.failedFuture(new ReplyLostException("lost by the test", null));
  }

  private boolean isLost(int block) {
    return random.nextDouble() < loss && lostInARow.getOrDefault(block, 0) < mostInARow;
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
