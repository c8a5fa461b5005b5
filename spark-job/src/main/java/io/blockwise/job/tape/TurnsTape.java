package io.blockwise.job.tape;

import io.blockwise.job.tape.TapeLine.Act;
import io.blockwise.job.tape.TapeLine.Dealt;
import io.blockwise.job.tape.TapeLine.Folded;
import io.blockwise.job.tape.TapeLine.Turn;
import io.blockwise.job.worker.Lease;
import io.blockwise.job.worker.LeaseEnd;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.FoldListener;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import java.util.List;
import java.util.function.LongSupplier;

/** What a tape that is written and one that is replayed have in common. Thread-safe. */
abstract class TurnsTape implements Tape {
  private final Turns turns;

  TurnsTape(Turns turns) {
    this.turns = turns;
  }

  @Override
  public LongSupplier nanoClock() {
    return turns::nanos;
  }

  @Override
  public FoldListener folds() {
    return (push, weight, gain, after) -> turns.note(Folded.of(push, weight, gain, after));
  }

  @Override
  public ParameterExchange exchange(List<BlockLedger> ledgers) {
    return new TapedExchange(new InProcessExchange(ledgers), turns);
  }

  @Override
  public void dealt(List<Lease> leases, Runnable act) {
    turns.deal(leases.stream().map(Dealt::of).toList(), act);
  }

  @Override
  public void ended(LeaseEnd end, Runnable act) {
    Act kind = end instanceof LeaseEnd.Done ? Act.RETIRE : Act.LOSE;
    turns.turn(
        Turn.of(end.lease().attempt(), kind),
        turn -> {
          act.run();
          return kind;
        });
  }
}
