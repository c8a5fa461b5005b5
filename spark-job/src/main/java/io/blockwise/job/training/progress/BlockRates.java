package io.blockwise.job.training.progress;

import io.blockwise.job.report.Progress;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.averaging.AveragingOptions.Gain;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.RateScale;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast the blocks go at one moment, first to last. Immutable.
 *
 * @param rates learning rates of workers that have made their first steps
 * @param gains by which the ledgers' steps are lengthened, at least 1
 */
record BlockRates(List<Double> rates, List<Double> gains) {
  BlockRates {
    rates = List.copyOf(rates);
    gains = List.copyOf(gains);
  }

  /**
   * Of a run.
   *
   * @param progress share of its training that is done, 0..1
   */
  static BlockRates of(WorkerPlan plan, List<BlockLedger> ledgers, double progress) {
    List<Double> rates = new ArrayList<>();
    List<Double> gains = new ArrayList<>();
    double examples = progress * plan.examplesOfRun();
    for (BlockLedger ledger : ledgers) {
      double own = plan.spans().get(ledger.block() - 1).progress(examples);
      OptimiserSpec optimiser = plan.network().blocks().get(ledger.block() - 1).optimiser();
      // before the first has come there are none
      int workers = Math.max(1, ledger.members());
      rates.add(optimiser.learningRateAt(own) * plan.scale().rate().factor(workers, own));
      gains.add(ledger.gain());
    }
    return new BlockRates(rates, gains);
  }

  /** What a progress line shows of them: what the configuration asks for. */
  Progress.Averaging shown(WorkerPlan plan, double staleness) {
    return new Progress.Averaging(
        staleness,
        plan.averaging().gain() == Gain.NONE ? List.of() : gains,
        plan.scale().rate() == RateScale.NONE ? List.of() : rates);
  }
}
