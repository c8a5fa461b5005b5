package io.blockwise.job.training.resume;

import io.blockwise.job.checkpoint.SavedReplica;
import io.blockwise.job.exchange.wire.WireSize;
import io.blockwise.job.training.dealing.EpochSoFar;
import io.blockwise.job.training.dealing.LeaseBook;
import io.blockwise.job.training.growth.BlockSchedule;
import io.blockwise.job.training.progress.RunFigures;
import io.blockwise.model.averaging.ledger.LedgerMemento;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * All that the driver of a run knows at a border between leases, and what its workers have written
 * meanwhile. Immutable; vectors are shared with the ledgers.
 *
 * @param epoch that is being trained
 * @param leases that there were
 * @param figures of the epochs before
 * @param schedule of the blocks
 * @param ledgers of the blocks, first to last
 * @param workers what they have written, by their numbers from 0; who is not among them starts from
 *     the ledgers
 * @param traffic of the exchange so far
 * @param nanos wall time of the run, without what was lost with a driver
 */
public record RunState(
    EpochSoFar epoch,
    LeaseBook.Noted leases,
    RunFigures.Reached figures,
    BlockSchedule.Noted schedule,
    List<LedgerMemento> ledgers,
    Map<Integer, SavedReplica> workers,
    WireSize traffic,
    long nanos)
    implements Serializable {
  public RunState {
    ledgers = List.copyOf(ledgers);
    workers = Map.copyOf(workers);
  }
}
