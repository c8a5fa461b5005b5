package io.blockwise.job.training;

import io.blockwise.job.worker.Engines;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.averaging.BlockLedger;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.engine.Block;
import io.blockwise.model.network.DecoupledNetwork;
import java.util.ArrayList;
import java.util.List;

/** Where all workers of a run start from. */
final class Ledgers {
  private Ledgers() {}

  /** A ledger per block, with the parameters that the seed draws. Loads the engine. */
  static List<BlockLedger> of(String run, WorkerPlan plan) {
    try (DecoupledNetwork network =
        new DecoupledNetwork(Engines.create(plan.engine()), plan.network(), plan.seed())) {
      List<BlockLedger> ledgers = new ArrayList<>();
      for (Block block : network.blocks()) {
        ledgers.add(
            new BlockLedger(
                run,
                ledgers.size() + 1,
                plan.averaging(),
                block.statistics(),
                BlockState.initial(block),
                System::nanoTime));
      }
      return ledgers;
    }
  }
}
