package io.blockwise.model.bench;

import io.blockwise.base.Names;
import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.AveragingOptions.Outer;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.dl4j.Dl4jEngine;
import io.blockwise.model.engine.torch.TorchEngine;
import io.blockwise.model.network.BlockRow;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.network.SequentialRow;
import io.blockwise.model.network.Timeline;
import io.blockwise.model.spec.Execution;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.StepScale;
import io.blockwise.model.spec.assembly.Backbone;
import io.blockwise.model.spec.cut.Cost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Examples per second of one worker's row of blocks by one execution: {@code vgg-small} of width 32,
 * cut into blocks of equal cost, random images, exchange off; and of every block the share of the
 * time in which it computes. Steps of a first lease are not counted; that of the second one counts
 * with the filling and emptying of the row.
 *
 * <pre>
 *   OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 OMP_WAIT_POLICY=passive \
 *     mvn -q -Pbench -pl model/torch -am process-test-classes -Dbench=ExecutionSteps \
 *     -Dbench.args="torch pipelined pred 2 128 40"
 * </pre>
 *
 * <p>Arguments: engine, execution, method, blocks, rows of a batch, steps.
 */
public final class ExecutionSteps {
  private static final int WARM = 6;

  private ExecutionSteps() {}

  public static void main(String[] arguments) throws InterruptedException {
    Execution execution = Names.parse("execution", Execution.class, arguments[1]);
    int blocks = Integer.parseInt(arguments[3]);
    NetworkSpec spec =
        Networks.cut(new Backbone.VggSmall(32), arguments[2], blocks, Cost.Measure.FLOPS);
    Batch batch = Networks.images(Integer.parseInt(arguments[4]));
    int steps = Integer.parseInt(arguments[5]);
    AtomicLongArray busy = new AtomicLongArray(blocks);
    Engine engine = arguments[0].equals("torch") ? new TorchEngine() : new Dl4jEngine();
    try (DecoupledNetwork network = new DecoupledNetwork(engine, spec, 1);
        BlockRow row = row(network, execution, busy)) {
      lease(row, 1, batch, WARM);
      for (int i = 0; i < blocks; i++) {
        busy.set(i, 0);
      }
      long start = System.nanoTime();
      lease(row, 2, batch, steps);
      double seconds = (System.nanoTime() - start) / 1e9;
      List<String> shares = new ArrayList<>();
      for (int i = 0; i < blocks; i++) {
        shares.add(String.format(Locale.ROOT, "%.0f %%", busy.get(i) / seconds / 1e7));
      }
      System.out.printf(
          Locale.ROOT,
          "%s, OMP_NUM_THREADS=%s: %.0f examples/s, busy %s%n",
          String.join(" ", arguments),
          System.getenv("OMP_NUM_THREADS"),
          steps * batch.examples() / seconds,
          shares);
    }
  }

  private static void lease(BlockRow row, long lease, Batch batch, int steps)
      throws InterruptedException {
    row.start(new LeaseAttempt("run", 0, lease, 1));
    for (int number = 1; number <= steps; number++) {
      row.step(batch, number);
    }
    row.finish();
  }

  private static BlockRow row(DecoupledNetwork network, Execution execution, AtomicLongArray busy) {
    AveragingOptions off =
        new AveragingOptions(
            AveragingOptions.Rule.AVERAGE,
            1_000_000,
            false,
            Codec.FP32,
            new AveragingOptions.Staleness(8),
            AveragingOptions.Quorum.ALL,
            new Outer(OuterOptimiser.NONE, 0, 1),
            AveragingOptions.Gain.NONE,
            0);
    List<BlockLedger> ledgers = new ArrayList<>();
    for (Block block : network.blocks()) {
      ledgers.add(
          new BlockLedger(
              "run",
              ledgers.size() + 1,
              off,
              new BlockLedger.Tensors(block.parameters(), block.statistics()),
              BlockState.initial(block),
              System::nanoTime));
    }
    Timeline timeline =
        (block, what, number, from, to) -> {
          switch (what) {
            case TRAIN, FORWARD, BACK -> busy.addAndGet(block - 1, to - from);
            default -> {}
          }
        };
    WorkerReplica replica =
        new WorkerReplica(
            network.blocks(), new InProcessExchange(ledgers), off, Duration.ofSeconds(60));
    return BlockRow.of(
        execution,
        new SequentialRow(network, replica, Long.MAX_VALUE, StepScale.NONE, 3, timeline),
        timeline);
  }
}
