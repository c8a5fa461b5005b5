package io.blockwise.job.training.progress;

import io.blockwise.job.report.Progress;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.PushCounts;
import io.blockwise.model.network.NetworkFigures;
import java.util.List;

/**
 * Where a run stands, by what it has reached and by its ledgers. Used by the driver's thread.
 *
 * @param epochs that will be trained
 * @param workers that there are
 */
public record RunProgress(
    int epochs, int workers, WorkerPlan plan, List<BlockLedger> ledgers, RunFigures figures) {

  /**
   * Within an epoch.
   *
   * @param running workers that train at present
   * @param sums of the epoch so far
   * @param nanos that it has taken
   */
  Progress within(int epoch, int running, NetworkFigures sums, long nanos) {
    long examples = figures.examples() + sums.examples();
    double done = fraction(examples);
    return new Progress(
        epoch,
        epochs,
        done,
        examples,
        sums.examples() * 1e9 / Math.max(1, nanos),
        sums.hasMeans() ? sums.losses() : List.of(),
        figures.validation(),
        running,
        averaging(done));
  }

  /** At the end of the last epoch. */
  Progress afterEpoch() {
    EpochFigures epoch = figures.last();
    double done = fraction(figures.examples());
    return new Progress(
        epoch.epoch(),
        epochs,
        done,
        figures.examples(),
        epoch.examplesPerSecond(),
        epoch.losses(),
        figures.validation(),
        workers,
        averaging(done));
  }

  /**
   * Of the blocks at present.
   *
   * @param done share of the run's training that is done, 0..1
   */
  BlockRates rates(double done) {
    return BlockRates.of(plan, ledgers, done);
  }

  /** What has become of the pushes of all blocks. */
  public PushCounts pushes() {
    return sum(pushesByBlock());
  }

  /** The same of each block, in block order. */
  List<PushCounts> pushesByBlock() {
    return ledgers.stream().map(BlockLedger::counts).toList();
  }

  static PushCounts sum(List<PushCounts> blocks) {
    return blocks.stream().reduce(PushCounts.NONE, PushCounts::plus);
  }

  /** Share of the run's training that is done after so many examples, at most 1. */
  private double fraction(long examples) {
    return Math.min(1, (double) examples / plan.examplesOfRun());
  }

  private Progress.Averaging averaging(double done) {
    return rates(done).shown(plan, pushes().meanStaleness());
  }
}
