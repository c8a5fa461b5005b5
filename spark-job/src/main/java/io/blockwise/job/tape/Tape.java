package io.blockwise.job.tape;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.worker.Lease;
import io.blockwise.job.worker.LeaseEnd;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.FoldListener;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Where a run meets its tape; without one everything happens as it comes. Thread-safe. */
public interface Tape extends AutoCloseable {
  /** No tape. */
  Tape NONE = new Tape() {};

  /** The time that ledgers go by. */
  default LongSupplier nanoClock() {
    return System::nanoTime;
  }

  /** Hears what moves the ledgers. */
  default FoldListener folds() {
    return FoldListener.NONE;
  }

  /** The exchange of workers in this process. */
  default ParameterExchange exchange(List<BlockLedger> ledgers) {
    return new InProcessExchange(ledgers);
  }

  /** How an epoch's shards are dealt, unless the run finds out for itself. */
  default Optional<Dealing> dealing(int epoch, List<Shard> shards) {
    return Optional.empty();
  }

  /** Leases are about to start; {@code act} tells the ledgers. */
  default void dealt(List<Lease> leases, Runnable act) {
    act.run();
  }

  /** A lease has ended; {@code act} tells the ledgers. */
  default void ended(LeaseEnd end, Runnable act) {
    act.run();
  }

  /** Before the first lease. */
  default void begin(Supplier<TapeLine.Start> start) {}

  /** After the last one. */
  default void end(Supplier<TapeLine.End> end) {}

  @Override
  default void close() throws IOException {}
}
