package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.AveragingOptions.Outer;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.replica.BlockReplica;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.model.network.BlockFigures;
import io.blockwise.model.network.BlockTrainer;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.network.NetworkFigures;
import io.blockwise.model.network.Pacing;
import io.blockwise.model.network.SequentialRow;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.StepScale;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * The trainers of one worker, each on a thread of its own behind a queue for one batch, beside the
 * same trainers in a row on one thread. One of the batches is not finite.
 */
final class TrainersOnThreads {
  private static final int BATCHES = 8;
  private static final int BAD = 5;
  private static final LeaseAttempt LEASE = new LeaseAttempt("run", 0, 1, 1);
  private static final AveragingOptions OPTIONS =
      new AveragingOptions(
          AveragingOptions.Rule.AVERAGE,
          3,
          false,
          Codec.FP16,
          new AveragingOptions.Staleness(8),
          AveragingOptions.Quorum.ALL,
          new Outer(OuterOptimiser.NONE, 0, 1),
          AveragingOptions.Gain.NONE,
          0);
  private static final NetworkSpec SPEC =
      new NetworkSpec(
          SmallBlocks.INPUT,
          3,
          List.of(
              SmallBlocks.contrastive(4), SmallBlocks.contrastive(5), SmallBlocks.contrastive(4)));

  private final Supplier<Engine> engines;

  private TrainersOnThreads(Supplier<Engine> engines) {
    this.engines = engines;
  }

  /** What is left of a worker and its ledgers. */
  private record Left(List<BlockFigures> figures, List<BlockState> states, List<float[]> own) {}

  static void assertSameAsOneThread(Supplier<Engine> engines) throws Exception {
    TrainersOnThreads both = new TrainersOnThreads(engines);
    Left row = both.onOneThread();
    Left apart = both.apart();
    assertThat(apart.figures).isEqualTo(row.figures);
    assertThat(apart.states).isEqualTo(row.states);
    for (int i = 0; i < row.own.size(); i++) {
      assertThat(apart.own.get(i)).containsExactly(row.own.get(i));
    }
    assertThat(row.figures.get(0).rows()).isEqualTo((BATCHES - 1) * 12);
    assertThat(row.states.get(0).version()).isPositive();
  }

  private Left onOneThread() throws InterruptedException {
    try (DecoupledNetwork network = network()) {
      List<BlockLedger> ledgers = ledgers(network);
      WorkerReplica replica = replica(network.blocks(), new InProcessExchange(ledgers));
      SequentialRow row = new SequentialRow(network, replica, 200, StepScale.NONE, 3);
      row.start(LEASE);
      NetworkFigures figures = NetworkFigures.none(SPEC.blocks().size());
      for (int number = 1; number <= BATCHES; number++) {
        figures = figures.plus(row.step(batch(number), number));
      }
      row.finish();
      List<float[]> own = new ArrayList<>();
      network.blocks().forEach(block -> own.addAll(vectors(block)));
      return new Left(figures.blocks(), states(ledgers), own);
    }
  }

  private Left apart() throws Exception {
    int count = SPEC.blocks().size();
    ExecutorService threads = Executors.newFixedThreadPool(count);
    List<BlockLedger> ledgers;
    try (DecoupledNetwork network = network()) {
      ledgers = ledgers(network);
    }
    ParameterExchange exchange = new InProcessExchange(ledgers);
    List<Reply> openings = exchange.open(LEASE);
    List<BlockingQueue<Signal>> queues = new ArrayList<>();
    for (int k = 0; k <= count; k++) {
      queues.add(new ArrayBlockingQueue<>(k < count ? 1 : BATCHES));
    }
    try {
      List<Future<Left>> parts = new ArrayList<>();
      for (int k = 0; k < count; k++) {
        int index = k;
        parts.add(
            threads.submit(
                () ->
                    one(
                        index,
                        exchange,
                        openings.get(index),
                        queues.get(index),
                        queues.get(index + 1))));
      }
      try (Engine engine = engines.get()) {
        for (int number = 1; number <= BATCHES; number++) {
          queues.get(0).put(engine.signal(batch(number)));
        }
        List<BlockFigures> figures = new ArrayList<>();
        List<float[]> own = new ArrayList<>();
        for (Future<Left> part : parts) {
          figures.addAll(part.get().figures);
          own.addAll(part.get().own);
        }
        queues.get(count).forEach(Signal::close);
        return new Left(figures, states(ledgers), own);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** One block with an engine of its own, since engines belong to threads. */
  private Left one(
      int index,
      ParameterExchange exchange,
      Reply opening,
      BlockingQueue<Signal> in,
      BlockingQueue<Signal> out)
      throws InterruptedException {
    try (DecoupledNetwork network = network()) {
      Block block = network.blocks().get(index);
      BlockReplica replica = replica(network.blocks(), exchange).block(index + 1);
      Pacing rate = new Pacing(block.spec().optimiser(), 200, StepScale.NONE);
      BlockTrainer trainer = new BlockTrainer(index + 1, block, replica, rate, 3);
      replica.start(LEASE, opening);
      for (int number = 1; number <= BATCHES; number++) {
        try (Signal signal = in.take()) {
          out.put(trainer.train(number, signal.rows(), signal).output());
        }
        trainer.average();
      }
      replica.sendRemainder();
      replica.awaitSettled();
      return new Left(List.of(trainer.takeFigures()), List.of(), vectors(block));
    }
  }

  private DecoupledNetwork network() {
    return new DecoupledNetwork(engines.get(), SPEC, 1);
  }

  private static WorkerReplica replica(List<Block> blocks, ParameterExchange exchange) {
    return new WorkerReplica(blocks, exchange, OPTIONS, Duration.ofSeconds(30));
  }

  private static List<BlockLedger> ledgers(DecoupledNetwork network) {
    List<BlockLedger> ledgers = new ArrayList<>();
    for (Block block : network.blocks()) {
      int number = ledgers.size() + 1;
      ledgers.add(
          new BlockLedger(
              "run",
              number,
              OPTIONS,
              new BlockLedger.Tensors(block.parameters(), block.statistics()),
              BlockState.initial(block),
              System::nanoTime));
    }
    return ledgers;
  }

  private static List<BlockState> states(List<BlockLedger> ledgers) {
    return ledgers.stream().map(BlockLedger::state).toList();
  }

  private static List<float[]> vectors(Block block) {
    List<float[]> vectors = new ArrayList<>();
    for (StateKind kind : StateKind.values()) {
      vectors.add(States.read(block, kind));
    }
    return Collections.unmodifiableList(vectors);
  }

  private static Batch batch(int number) {
    Batch batch = SmallBlocks.batch(12, number);
    if (number == BAD) {
      batch.inputs()[5] = Float.NaN;
    }
    return batch;
  }
}
