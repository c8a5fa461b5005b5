package io.blockwise.model.engine;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.model.network.BlockRow;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.network.NetworkFigures;
import io.blockwise.model.network.RowMemento;
import io.blockwise.model.network.SequentialRow;
import io.blockwise.model.network.Timeline;
import io.blockwise.model.spec.Execution;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.StepScale;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** One worker and its row, lease by lease; keeps what it has reached. Used by one thread. */
final class RowRun implements AutoCloseable {
  private static final long EXAMPLES = 400;
  private static final int MAX_NON_FINITE = 3;

  final DecoupledNetwork network;
  final List<NetworkFigures> figures = new ArrayList<>();
  private final BlockRow row;
  private final int worker;
  private long leases;

  RowRun(
      Engine engine,
      NetworkSpec spec,
      Execution execution,
      AveragingOptions options,
      ParameterExchange exchange,
      int worker) {
    network = new DecoupledNetwork(engine, spec, 1);
    this.worker = worker;
    WorkerReplica replica =
        new WorkerReplica(network.blocks(), exchange, options, Duration.ofSeconds(30));
    SequentialRow trainers =
        new SequentialRow(network, replica, EXAMPLES, StepScale.NONE, MAX_NON_FINITE);
    row = BlockRow.of(execution, trainers, Timeline.NONE);
  }

  /** Ledgers of a network as it begins. */
  static List<BlockLedger> ledgers(Engine engine, NetworkSpec spec, AveragingOptions options) {
    List<BlockLedger> ledgers = new ArrayList<>();
    try (DecoupledNetwork network = new DecoupledNetwork(engine, spec, 1)) {
      for (Block block : network.blocks()) {
        ledgers.add(
            new BlockLedger(
                "run",
                ledgers.size() + 1,
                options,
                new BlockLedger.Tensors(block.parameters(), block.statistics()),
                BlockState.initial(block),
                System::nanoTime));
      }
    }
    return ledgers;
  }

  /** What another worker's next lease goes on from, with the numbers of the leases before. */
  record Kept(RowMemento row, long leases) implements Serializable {}

  Kept kept() {
    return new Kept(row.memento(), leases);
  }

  /** A lease of so many batches, which goes on where the last one ended unless it is the first. */
  void lease(int batches, LongFunction<Batch> made) throws InterruptedException {
    LeaseAttempt lease = next();
    if (leases == 1) {
      row.start(lease);
    } else {
      row.resume(lease);
    }
    train(batches, made);
  }

  /** The same as the first one here, where another worker has been before. */
  void lease(int batches, LongFunction<Batch> made, Kept kept) throws InterruptedException {
    leases = kept.leases;
    row.restore(next(), TrainedBlocks.all(network.blocks().size()), kept.row);
    train(batches, made);
  }

  private LeaseAttempt next() {
    return new LeaseAttempt("run", worker, ++leases, 1);
  }

  private void train(int batches, LongFunction<Batch> made) throws InterruptedException {
    for (long number = 1; number <= batches; number++) {
      figures.addAll(row.step(made.apply(number), number));
    }
    figures.addAll(row.finish());
  }

  /** All that a block has, first to last. */
  List<Map<StateKind, float[]>> states() {
    return network.blocks().stream().map(States::all).toList();
  }

  long sent() {
    return row.costs().sent();
  }

  long nonFinite() {
    return row.costs().nonFinite();
  }

  @Override
  public void close() {
    row.close();
    network.close();
  }
}
