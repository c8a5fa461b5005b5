package io.blockwise.job.tape;

import io.blockwise.job.tape.TapeLine.Act;
import io.blockwise.job.tape.TapeLine.Turn;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.KnownTable;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Workers of this process whose calls of the ledgers happen in turns. Thread-safe. */
final class TapedExchange implements ParameterExchange {
  private final InProcessExchange exchange;
  private final Turns turns;

  TapedExchange(InProcessExchange exchange, Turns turns) {
    this.exchange = exchange;
    this.turns = turns;
  }

  @Override
  public List<Reply> open(LeaseAttempt attempt) {
    return turns.turn(Turn.of(attempt, Act.OPEN), turn -> exchange.open(attempt));
  }

  @Override
  public List<Reply> open(LeaseAttempt attempt, int first, List<KnownTable> known) {
    return turns.turn(Turn.of(attempt, Act.OPEN), turn -> exchange.open(attempt, first, known));
  }

  @Override
  public CompletableFuture<Reply> push(Push push) {
    return turns.turn(Turn.of(push), turn -> exchange.push(turn.timed(push)));
  }

  @Override
  public CompletableFuture<Reply> fetch(Fetch fetch) {
    Turn line = Turn.of(fetch.lease(), Act.FETCH, fetch.block(), fetch.sequence());
    return turns.turn(line, turn -> exchange.fetch(fetch));
  }

  @Override
  public Reply await(Fetch fetch, Duration atMost) throws InterruptedException {
    Turn line = Turn.of(fetch.lease(), Act.AWAIT, fetch.block(), fetch.sequence());
    return turns.await(line, fetch.sequence(), () -> exchange.fetch(fetch).join(), atMost);
  }

  @Override
  public void close(LeaseAttempt attempt, int block) {
    turns.turn(
        Turn.of(attempt, Act.CLOSE, block, attempt.lease()),
        turn -> {
          exchange.close(attempt, block);
          return block;
        });
  }

  @Override
  public void noted(LeaseAttempt attempt, long batch, Reply reply) {
    turns.note(TapeLine.Noted.of(attempt, batch, reply));
  }
}
