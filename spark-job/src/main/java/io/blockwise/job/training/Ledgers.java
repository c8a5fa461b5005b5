package io.blockwise.job.training;

import io.blockwise.data.text.EmbeddingMatrix;
import io.blockwise.job.tape.Tape;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.artifact.StoredBlock;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.network.DecoupledNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Where all workers of a run start from. */
public final class Ledgers {
  private Ledgers() {}

  /**
   * A ledger per block, with the parameters that the seed draws, and the data set's vectors in
   * their place. The driver needs no engine.
   */
  public static List<BlockLedger> of(
      String run, WorkerPlan plan, Map<Integer, EmbeddingMatrix> embeddings) {
    return of(run, plan, embeddings, List.of(), Tape.NONE);
  }

  /**
   * The same of a network that grows, with a tape that may note what moves the ledgers.
   *
   * @param grown blocks that are there already, the first ones of the network
   */
  static List<BlockLedger> of(
      String run,
      WorkerPlan plan,
      Map<Integer, EmbeddingMatrix> embeddings,
      List<StoredBlock> grown,
      Tape tape) {
    List<BlockLayout> layouts = DecoupledNetwork.layouts(plan.network());
    List<BlockState> states = new ArrayList<>(firstStates(plan, layouts, embeddings));
    for (int k = 0; k < grown.size(); k++) {
      StoredBlock block = grown.get(k);
      states.set(
          k,
          BlockState.initial(
              layouts.get(k).parameters(),
              block.parameters().toArray(),
              block.statistics().toArray()));
    }
    List<BlockLedger> ledgers = new ArrayList<>();
    for (int k = 0; k < layouts.size(); k++) {
      ledgers.add(
          new BlockLedger(
              run,
              k + 1,
              plan.averaging(),
              new BlockLedger.Tensors(layouts.get(k).parameters(), layouts.get(k).statistics()),
              states.get(k),
              tape.nanoClock(),
              tape.folds()));
    }
    return ledgers;
  }

  private static List<BlockState> firstStates(
      WorkerPlan plan, List<BlockLayout> layouts, Map<Integer, EmbeddingMatrix> embeddings) {
    List<float[]> parameters = DecoupledNetwork.firstParameters(plan.network(), plan.seed());
    embeddings.forEach(
        (block, vectors) -> {
          float[] values = vectors.values();
          int offset = layouts.get(block).parameters().table().orElseThrow().offset();
          System.arraycopy(values, 0, parameters.get(block), offset, values.length);
        });
    List<BlockState> states = new ArrayList<>();
    for (int k = 0; k < layouts.size(); k++) {
      states.add(
          BlockState.initial(
              layouts.get(k).parameters(), parameters.get(k), layouts.get(k).firstStatistics()));
    }
    return states;
  }
}
