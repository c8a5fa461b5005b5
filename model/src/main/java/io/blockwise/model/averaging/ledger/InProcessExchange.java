package io.blockwise.model.averaging.ledger;

import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.KnownTable;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Workers and ledgers in one process: every call goes straight to the ledger, and a push is folded
 * by the thread that sends it. Thread-safe.
 */
public final class InProcessExchange implements ParameterExchange {
  private final List<BlockLedger> ledgers;

  /** An exchange over these ledgers, in the order of their blocks. */
  public InProcessExchange(List<BlockLedger> ledgers) {
    this.ledgers = List.copyOf(ledgers);
  }

  @Override
  public List<Reply> open(LeaseAttempt attempt) {
    return ledgers.stream().map(ledger -> ledger.open(attempt)).toList();
  }

  @Override
  public List<Reply> open(LeaseAttempt attempt, int first, List<KnownTable> known) {
    return ledgers.subList(first - 1, first - 1 + known.size()).stream()
        .map(ledger -> ledger.open(attempt))
        .toList();
  }

  @Override
  public CompletableFuture<Reply> push(Push push) {
    return CompletableFuture.completedFuture(ledger(push.block()).push(push));
  }

  @Override
  public CompletableFuture<Reply> fetch(Fetch fetch) {
    return CompletableFuture.completedFuture(ledger(fetch.block()).fetch(fetch));
  }

  @Override
  public Reply await(Fetch fetch, Duration atMost) throws InterruptedException {
    return ledger(fetch.block()).await(fetch, atMost);
  }

  @Override
  public void close(LeaseAttempt attempt, int block) {
    ledger(block).close(attempt);
  }

  private BlockLedger ledger(int block) {
    return ledgers.get(block - 1);
  }
}
