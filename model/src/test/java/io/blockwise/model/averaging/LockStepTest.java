package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.PATIENCE;
import static io.blockwise.model.averaging.Averaging.lease;
import static io.blockwise.model.averaging.Averaging.ledgers;
import static io.blockwise.model.averaging.Averaging.lockStep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.ledger.PushCounts;
import io.blockwise.model.averaging.replica.NotSettledException;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.testing.Background;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("thorough")
class LockStepTest {
  private static final int WORKERS = 3;

  @Test
  void aRoundIsTheWeightedMeanOfTheReplicas() throws Exception {
    int period = 4;
    List<List<SoftmaxBlock>> replicas = replicas(LockStepTest::withBatchNorm, 1);
    List<BlockLedger> ledgers = ledgers(lockStep(period), replicas.get(0));
    // the same replicas once more, averaged by hand
    List<SoftmaxBlock> byHand =
        IntStream.range(0, WORKERS).mapToObj(i -> withBatchNorm(1)).toList();
    train(replicas, ledgers, period, worker -> 3 * period);
    for (int round = 0; round < 3; round++) {
      double[] values = new double[byHand.get(0).parameters.length];
      double[] means = new double[SoftmaxBlock.INPUTS];
      double all = 0;
      for (int worker = 0; worker < WORKERS; worker++) {
        double examples = 0;
        for (int step = round * period; step < (round + 1) * period; step++) {
          examples += step(byHand.get(worker), worker, step);
        }
        add(values, byHand.get(worker).parameters, examples);
        add(means, byHand.get(worker).statistics, examples);
        all += examples;
      }
      for (int i = 0; i < values.length; i++) {
        for (SoftmaxBlock block : byHand) {
          block.parameters[i] = (float) (values[i] / all);
        }
      }
      if (round == 2) {
        BlockState state = ledgers.get(0).state();
        assertThat(state.version()).isEqualTo(3);
        assertClose(state.value(), values, all);
        assertClose(state.statistics(), means, all);
        assertClose(FloatVector.copyOf(replicas.get(1).get(0).parameters), values, all);
      }
    }
  }

  @Test
  void everyStepWithoutMomentumIsOneStepOnTheConcatenatedBatch() throws Exception {
    List<List<SoftmaxBlock>> replicas =
        replicas(seed -> SoftmaxBlock.withoutBatchNorm(0).drawn(seed), 1);
    List<BlockLedger> ledgers = ledgers(lockStep(1), replicas.get(0));
    train(replicas, ledgers, 1, worker -> 20);
    SoftmaxBlock single = SoftmaxBlock.withoutBatchNorm(0).drawn(1);
    for (int step = 0; step < 20; step++) {
      List<float[]> rows = new ArrayList<>();
      List<Integer> labels = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        int[] part = labels(worker, step);
        rows.addAll(List.of(rows(part, worker, step)));
        IntStream.of(part).forEach(labels::add);
      }
      single.step(
          rows.toArray(float[][]::new), labels.stream().mapToInt(Integer::intValue).toArray(), 0.2);
    }
    for (int i = 0; i < single.parameters.length; i++) {
      assertThat(ledgers.get(0).state().value().at(i))
          .isCloseTo(single.parameters[i], within(1e-6f));
    }
  }

  @Test
  void workersWithDifferentNumbersOfStepsAllFinish() throws Exception {
    for (int period : new int[] {1, 2, 5, 7}) {
      List<List<SoftmaxBlock>> replicas = replicas(LockStepTest::withBatchNorm, 1, 2, 3);
      List<BlockLedger> ledgers = ledgers(lockStep(period), replicas.get(0));
      long sent = train(replicas, ledgers, period, worker -> 9 + 5 * worker);
      PushCounts counts =
          ledgers.stream().map(BlockLedger::counts).reduce(PushCounts.NONE, PushCounts::plus);
      assertThat(counts.received()).isEqualTo(sent);
      assertThat(counts.accepted() + counts.refused()).isEqualTo(sent);
    }
  }

  @Test
  void theResultDoesNotDependOnWhoIsFaster() throws Exception {
    List<FloatVector> results = new ArrayList<>();
    for (int run = 0; run < 4; run++) {
      List<List<SoftmaxBlock>> replicas = replicas(LockStepTest::withBatchNorm, 1);
      List<BlockLedger> ledgers = ledgers(lockStep(3), replicas.get(0));
      train(replicas, ledgers, 3, worker -> 50);
      results.add(ledgers.get(0).state().value());
    }
    assertThat(results).containsOnly(results.get(0));
  }

  @Test
  void itMakesNoDifferenceWhenItIsNoticedThatTheOthersHaveLeft() throws InterruptedException {
    FloatVector early = afterTheOtherHasLeft(true);
    assertThat(afterTheOtherHasLeft(false)).isEqualTo(early);
  }

  /** Worker 0 goes on alone after a round in which worker 1 has ended its lease. */
  private static FloatVector afterTheOtherHasLeft(boolean beforeTheAnswer)
      throws InterruptedException {
    CountingBlock block = new CountingBlock(64);
    Random random = new Random(1);
    for (int i = 0; i < 64; i++) {
      block.parameters[i] = random.nextFloat();
    }
    AveragingOptions options = lockStep(1);
    BlockLedger ledger = ledgers(options, List.of(block)).get(0);
    Runnable leave = () -> ledger.close(lease(1));
    ParameterExchange exchange =
        new LastRound(
            new InProcessExchange(List.of(ledger)),
            () -> {
              ledger.push(Averaging.delta(1, 1, 0, Averaging.filled(64, 0.7f)));
              if (beforeTheAnswer) {
                leave.run();
              }
            });
    assertThat(ledger.open(lease(1)).verdict()).isEqualTo(Verdict.NONE);
    WorkerReplica replica = new WorkerReplica(List.of(block), exchange, options, PATIENCE);
    replica.start(lease(0));
    for (int step = 0; step < 2; step++) {
      block.step(step % 2 == 0 ? 10.3f : -10.3f);
      block.step(1.234e-4f); // too fine for the difference, which the sign change makes large
      replica.block(1).afterStep(8);
      leave.run();
    }
    return ledger.state().value();
  }

  @Test
  void whoWaitsInVainSaysSo() throws InterruptedException {
    CountingBlock block = new CountingBlock(1);
    AveragingOptions options = lockStep(1);
    List<BlockLedger> ledgers = ledgers(options, List.of(block));
    ledgers.get(0).announce(1); // and never comes
    WorkerReplica replica =
        new WorkerReplica(
            List.of(block), new InProcessExchange(ledgers), options, Duration.ofMillis(30));
    replica.start(lease(0));
    assertThatThrownBy(() -> replica.block(1).afterStep(8))
        .isInstanceOf(NotSettledException.class)
        .hasMessageStartingWith(
            "Cannot settle push 1 of block 1 (worker 0, lease 1, attempt 1): not decided within"
                + " 0.03 s with 2 workers");
  }

  @Test
  @Timeout(60)
  void whoWaitsCanBeInterrupted() throws InterruptedException {
    CountingBlock block = new CountingBlock(1);
    AveragingOptions options = lockStep(1);
    List<BlockLedger> ledgers = ledgers(options, List.of(block));
    ledgers.get(0).announce(1);
    WorkerReplica replica =
        new WorkerReplica(List.of(block), new InProcessExchange(ledgers), options, PATIENCE);
    replica.start(lease(0));
    Background<Object> waiting =
        Background.startAndAwaitWaiting(
            () -> {
              replica.block(1).afterStep(8);
              return "went on";
            });
    waiting.interrupt();
    assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
  }

  /** The same blocks for every worker, one per seed. */
  private static List<List<SoftmaxBlock>> replicas(IntFunction<SoftmaxBlock> block, int... seeds) {
    return IntStream.range(0, WORKERS)
        .mapToObj(worker -> IntStream.of(seeds).mapToObj(block).toList())
        .toList();
  }

  private static SoftmaxBlock withBatchNorm(int seed) {
    return SoftmaxBlock.withBatchNorm(0.9f).drawn(seed);
  }

  /** Trains every worker in a thread of its own; how many pushes they sent. */
  private static long train(
      List<List<SoftmaxBlock>> replicas,
      List<BlockLedger> ledgers,
      int period,
      IntFunction<Integer> steps)
      throws Exception {
    for (int worker = 0; worker < WORKERS; worker++) {
      for (BlockLedger ledger : ledgers) {
        ledger.announce(worker);
      }
    }
    ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
    try {
      List<Future<Long>> sent = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        int id = worker;
        WorkerReplica replica =
            new WorkerReplica(
                replicas.get(id), new InProcessExchange(ledgers), lockStep(period), PATIENCE);
        sent.add(threads.submit(() -> train(id, replicas.get(id), replica, steps.apply(id))));
      }
      long sum = 0;
      for (Future<Long> one : sent) {
        sum += one.get();
      }
      return sum;
    } finally {
      threads.shutdownNow();
    }
  }

  private static long train(int worker, List<SoftmaxBlock> blocks, WorkerReplica replica, int steps)
      throws InterruptedException {
    replica.start(lease(worker));
    for (int step = 0; step < steps; step++) {
      for (int k = 0; k < blocks.size(); k++) {
        replica.block(k + 1).afterStep(step(blocks.get(k), worker, step));
      }
    }
    replica.flush();
    return replica.sent();
  }

  private static int step(SoftmaxBlock block, int worker, int step) {
    int[] labels = labels(worker, step);
    block.step(rows(labels, worker, step), labels, 0.2);
    return labels.length;
  }

  private static int[] labels(int worker, int step) {
    return SoftmaxBlock.labels(new Random(1000L * worker + step), 3 + 4 * worker + step % 3);
  }

  private static float[][] rows(int[] labels, int worker, int step) {
    return SoftmaxBlock.rows(new Random(1000L * worker + step + 500), labels);
  }

  private static void add(double[] sums, float[] values, double weight) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weight * values[i];
    }
  }

  private static void assertClose(FloatVector actual, double[] sums, double all) {
    for (int i = 0; i < sums.length; i++) {
      assertThat((double) actual.at(i)).isCloseTo(sums[i] / all, within(1e-6));
    }
  }

  /** Lets something happen before the first question is answered. */
  private static final class LastRound implements ParameterExchange {
    private final ParameterExchange exchange;
    private Runnable first;

    LastRound(ParameterExchange exchange, Runnable first) {
      this.exchange = exchange;
      this.first = first;
    }

    @Override
    public Reply await(Fetch fetch, Duration atMost) throws InterruptedException {
      first.run();
      first = () -> {};
      return exchange.await(fetch, atMost);
    }

    @Override
    public List<Reply> open(LeaseAttempt attempt) throws InterruptedException {
      return exchange.open(attempt);
    }

    @Override
    public CompletableFuture<Reply> push(Push push) {
      return exchange.push(push);
    }

    @Override
    public CompletableFuture<Reply> fetch(Fetch fetch) {
      return exchange.fetch(fetch);
    }

    @Override
    public void close(LeaseAttempt attempt, int block) {
      exchange.close(attempt, block);
    }
  }
}
