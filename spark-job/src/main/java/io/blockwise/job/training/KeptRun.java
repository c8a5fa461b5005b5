package io.blockwise.job.training;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.job.checkpoint.Checkpoints;
import io.blockwise.job.checkpoint.SavedReplica;
import io.blockwise.job.exchange.wire.WireSize;
import io.blockwise.job.training.dealing.EpochSoFar;
import io.blockwise.job.training.dealing.LeaseBook;
import io.blockwise.job.training.growth.BlockSchedule;
import io.blockwise.job.training.progress.RunFigures;
import io.blockwise.job.training.progress.RunReport;
import io.blockwise.job.training.resume.Checkpointing;
import io.blockwise.job.training.resume.RunState;
import io.blockwise.job.worker.LeaseReport;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.averaging.ledger.BlockLedger;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What of a run its checkpoints hold, and who hears of them. Used by the driver's thread.
 *
 * @param begun time of {@link System#nanoTime} at which this process has begun the run
 * @param traffic of the exchange so far
 * @param before wall time that the run has taken before this process, in nanoseconds
 */
record KeptRun(
    Dataset dataset,
    WorkerPlan plan,
    List<BlockLedger> ledgers,
    LeaseBook book,
    RunFigures figures,
    BlockSchedule schedule,
    RunReport report,
    long begun,
    Supplier<WireSize> traffic,
    long before)
    implements Checkpointing.Source, Checkpointing.Listener {

  @Override
  public RunState state(EpochSoFar epoch, Map<Integer, SavedReplica> workers) {
    return new RunState(
        epoch,
        book.noted(),
        figures.reached(),
        schedule.noted(),
        ledgers.stream().map(BlockLedger::memento).toList(),
        workers,
        traffic.get(),
        before + System.nanoTime() - begun);
  }

  @Override
  public Checkpoints.Facts facts(EpochSoFar epoch) {
    long examples =
        figures.examples()
            + epoch.reports().values().stream().mapToLong(LeaseReport::examples).sum();
    return new Checkpoints.Facts(
        Build.present().version(),
        dataset.fingerprint(),
        epoch.epoch(),
        Math.min(1, (double) examples / plan.examplesOfRun()));
  }

  @Override
  public void written(Checkpointing.Written checkpoint) {
    report.checkpointWritten(
        checkpoint.number(), checkpoint.facts(), checkpoint.nanos(), checkpoint.workerNanos());
  }

  @Override
  public void failed(long number, String reason) {
    report.checkpointFailed(number, reason);
  }
}
