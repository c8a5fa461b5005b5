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
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Examples per second of one worker's row of blocks by several executions in turn: {@code vgg-small}
 * of width 32, cut into blocks of equal cost, random images, exchange off; of every block the share
 * of the time in which it computes, and the processor time that the process got: where that is less
 * than its threads could use, others had it. A round is a lease each, filling and emptying included;
 * a first one is not counted.
 *
 * <pre>
 *   OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 OMP_WAIT_POLICY=passive \
 *     mvn -q -Pbench -pl model/torch -am process-test-classes -Dbench=ExecutionSteps \
 *     -Dbench.args="torch sequential,pipelined pred 2 128 40 5"
 * </pre>
 *
 * <p>Arguments: engine, executions, method, blocks, rows of a batch, steps of a round, rounds.
 */
public final class ExecutionSteps implements AutoCloseable {
  private final Execution execution;
  private final AtomicLongArray busy;
  private final DecoupledNetwork network;
  private final BlockRow row;
  private long leases;

  private ExecutionSteps(String engine, Execution execution, NetworkSpec spec) {
    this.execution = execution;
    busy = new AtomicLongArray(spec.blocks().size());
    Engine made = engine.equals("torch") ? new TorchEngine() : new Dl4jEngine();
    network = new DecoupledNetwork(made, spec, 1);
    row = row(network, execution, busy);
  }

  public static void main(String[] arguments) throws InterruptedException {
    int blocks = Integer.parseInt(arguments[3]);
    NetworkSpec spec =
        Networks.cut(new Backbone.VggSmall(32), arguments[2], blocks, Cost.Measure.FLOPS);
    Batch batch = Networks.images(Integer.parseInt(arguments[4]));
    int steps = Integer.parseInt(arguments[5]);
    List<ExecutionSteps> all = new ArrayList<>();
    for (String name : arguments[1].split(",", -1)) {
      Execution execution = Names.parse("execution", Execution.class, name);
      all.add(new ExecutionSteps(arguments[0], execution, spec));
    }
    for (int round = 0; round <= Integer.parseInt(arguments[6]); round++) {
      for (ExecutionSteps one : all) {
        String said = one.round(batch, steps);
        if (round > 0) {
          System.out.println(said);
        }
      }
    }
    all.forEach(ExecutionSteps::close);
  }

  private String round(Batch batch, int steps) throws InterruptedException {
    for (int i = 0; i < busy.length(); i++) {
      busy.set(i, 0);
    }
    long processor = processorNanos();
    long start = System.nanoTime();
    lease(batch, steps);
    double seconds = (System.nanoTime() - start) / 1e9;
    List<String> shares = new ArrayList<>();
    for (int i = 0; i < busy.length(); i++) {
      shares.add(String.format(Locale.ROOT, "%.0f %%", busy.get(i) / seconds / 1e7));
    }
    return String.format(
        Locale.ROOT,
        "%s, OMP_NUM_THREADS=%s: %.0f examples/s, busy %s, processors %.2f",
        Names.of(execution),
        System.getenv("OMP_NUM_THREADS"),
        steps * batch.examples() / seconds,
        shares,
        (processorNanos() - processor) / seconds / 1e9);
  }

  private static long processorNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private void lease(Batch batch, int steps) throws InterruptedException {
    row.start(new LeaseAttempt("run", 0, ++leases, 1));
    for (int number = 1; number <= steps; number++) {
      row.step(batch, number);
    }
    row.finish();
  }

  @Override
  public void close() {
    row.close();
    network.close();
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
        new SequentialRow(network, replica, Collections.nCopies(network.blocks().size(), Long.MAX_VALUE), StepScale.NONE, 3, timeline),
        timeline);
  }
}
