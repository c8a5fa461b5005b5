package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.PATIENCE;
import static io.blockwise.model.averaging.Averaging.average;
import static io.blockwise.model.averaging.Averaging.ledger;
import static io.blockwise.model.averaging.Averaging.ledgers;
import static io.blockwise.model.averaging.Averaging.lockStep;
import static io.blockwise.model.averaging.Averaging.quorum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.averaging.AveragingOptions.Gain;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.codec.Payload;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.model.averaging.table.RowNumbers;
import io.blockwise.testing.RandomSeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A block with a table, of which only the rows travel that steps have changed. */
@Timeout(120)
class TableAveragingTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final int WORKERS = 4;
  private static final int LEASES = 3;
  private static final int STEPS = 37;

  static Stream<AveragingOptions> withoutWaiting() {
    return Stream.of(1, 3, 8)
        .flatMap(
            period ->
                Stream.of(
                    average(period),
                    average(period, Codec.FP32, 1.5), // drops some
                    average(period, Codec.FP32, 1e9, Gain.NONE, 0.5),
                    average(period, Codec.FP32, 1.5, Gain.NONE, 1),
                    average(period, Codec.FP32, 2.5, Gain.NORM, 0),
                    quorum(period, 1, Duration.ofMinutes(10))));
  }

  /** Without a pause, so that the same happens with every kind of table, however fast it is. */
  private static List<UnaryOperator<ParameterExchange>> transports() {
    return List.of(
        exchange -> exchange,
        exchange -> new LateExchange(exchange, 2),
        exchange -> new LossyExchange(exchange, 0.2, SEED.of(5), 1),
        exchange -> new LossyExchange(new LateExchange(exchange, 3), 0.2, SEED.of(6), 1));
  }

  @ParameterizedTest
  @MethodSource("withoutWaiting")
  void theSameAsAveragingTheWholeTable(AveragingOptions options) {
    for (UnaryOperator<ParameterExchange> transport : transports()) {
      assertClose(train(options, transport, true), train(options, transport, false));
    }
  }

  /** What ledger and replicas end with; each replica takes its steps in turn. */
  private static List<float[]> train(
      AveragingOptions options, UnaryOperator<ParameterExchange> transport, boolean byRow) {
    try {
      List<TableBlock> blocks = blocks(byRow);
      List<BlockLedger> ledgers = ledgers(options, blocks.subList(0, 1));
      List<WorkerReplica> replicas = replicas(options, blocks, ledgers, transport);
      Random random = SEED.random();
      for (int lease = 1; lease <= LEASES; lease++) {
        for (int worker = 0; worker < WORKERS; worker++) {
          begin(replicas.get(worker), worker, lease);
        }
        for (int step = 0; step < WORKERS * STEPS; step++) {
          // the first is the fastest, the last one too late for what drops
          int worker = (int) (WORKERS * Math.pow(random.nextDouble(), 1.5));
          blocks.get(worker).step(random);
          replicas.get(worker).block(1).afterStep(1 + random.nextInt(9));
        }
        for (WorkerReplica replica : replicas) {
          replica.flush();
        }
      }
      return ends(ledgers, blocks);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static List<TableBlock> blocks(boolean byRow) {
    return Stream.generate(() -> byRow ? TableBlock.sparse(1) : TableBlock.dense(1))
        .limit(WORKERS)
        .toList();
  }

  private static List<WorkerReplica> replicas(
      AveragingOptions options,
      List<TableBlock> blocks,
      List<BlockLedger> ledgers,
      UnaryOperator<ParameterExchange> transport) {
    List<WorkerReplica> replicas = new ArrayList<>();
    for (TableBlock block : blocks) {
      ParameterExchange exchange = transport.apply(new InProcessExchange(ledgers));
      replicas.add(new WorkerReplica(List.of(block), exchange, options, PATIENCE));
    }
    return replicas;
  }

  private static List<float[]> ends(List<BlockLedger> ledgers, List<TableBlock> blocks) {
    List<float[]> ends = new ArrayList<>();
    ends.add(ledgers.get(0).state().parameters().toArray());
    ends.add(ledgers.get(0).state().statistics().toArray());
    blocks.forEach(block -> ends.add(block.parameters.clone()));
    ends.add(new float[] {ledgers.get(0).counts().dropped(), ledgers.get(0).state().version()});
    return ends;
  }

  private static void begin(WorkerReplica replica, int worker, int lease)
      throws InterruptedException {
    LeaseAttempt attempt = new LeaseAttempt(Averaging.RUN, worker, lease, 1);
    if (lease == 1) {
      replica.start(attempt);
    } else {
      replica.resume(attempt);
    }
  }

  private static void assertClose(List<float[]> some, List<float[]> others) {
    for (int k = 0; k < some.size(); k++) {
      assertThat(some.get(k))
          .as("vector " + k)
          .usingComparatorWithPrecision(2e-6f)
          .containsExactly(others.get(k));
    }
  }

  @ParameterizedTest
  @MethodSource("inLockStep")
  void theSameInLockStepAsAveragingTheWholeTable(int period) throws Exception {
    assertClose(trainTogether(period, true), trainTogether(period, false));
  }

  static Stream<Integer> inLockStep() {
    return Stream.of(1, 5);
  }

  private static List<float[]> trainTogether(int period, boolean byRow) throws Exception {
    List<TableBlock> blocks = blocks(byRow);
    List<BlockLedger> ledgers = ledgers(lockStep(period), blocks.subList(0, 1));
    List<WorkerReplica> replicas =
        replicas(lockStep(period), blocks, ledgers, exchange -> exchange);
    for (int lease = 1; lease <= LEASES; lease++) {
      List<Callable<Object>> work = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        ledgers.get(0).announce(worker);
        int number = worker;
        int of = lease;
        work.add(
            () -> {
              begin(replicas.get(number), number, of);
              Random random = SEED.random(10L * of + number);
              for (int step = 0; step < STEPS; step++) {
                blocks.get(number).step(random);
                replicas.get(number).block(1).afterStep(1 + random.nextInt(9));
              }
              replicas.get(number).flush();
              return null;
            });
      }
      together(work);
    }
    return ends(ledgers, blocks);
  }

  private static <T> List<T> together(List<Callable<T>> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(work.size());
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> one : threads.invokeAll(work)) {
        results.add(one.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void oneWorkerIsBitForBitThePlainLoop() throws InterruptedException {
    List<AveragingOptions> all = new ArrayList<>(withoutWaiting().toList());
    all.addAll(List.of(lockStep(1), lockStep(8)));
    for (AveragingOptions options : all) {
      for (UnaryOperator<ParameterExchange> transport : transports()) {
        assertPlain(options, transport);
      }
    }
  }

  private static void assertPlain(
      AveragingOptions options, UnaryOperator<ParameterExchange> transport)
      throws InterruptedException {
    TableBlock plain = TableBlock.sparse(1);
    TableBlock block = TableBlock.sparse(1);
    List<BlockLedger> ledgers = ledgers(options, List.of(block));
    WorkerReplica replica =
        new WorkerReplica(
            List.of(block), transport.apply(new InProcessExchange(ledgers)), options, PATIENCE);
    for (int lease = 1; lease <= LEASES; lease++) {
      begin(replica, 0, lease);
      for (int step = 0; step < STEPS; step++) {
        plain.step(SEED.random(100L * lease + step));
        block.step(SEED.random(100L * lease + step));
        replica.block(1).afterStep(3);
      }
      replica.flush();
      assertThat(FloatVector.copyOf(block.parameters))
          .as(options.toString())
          .isEqualTo(FloatVector.copyOf(plain.parameters))
          .isEqualTo(ledgers.get(0).state().parameters());
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5})
  void whoIsLeftAloneMakesTheLedgerItsOwnBitForBit(double anticipation)
      throws InterruptedException {
    AveragingOptions options = average(3, Codec.FP32, 1e9, Gain.NONE, anticipation);
    List<TableBlock> blocks = List.of(TableBlock.sparse(1), TableBlock.sparse(1));
    List<BlockLedger> ledgers = ledgers(options, blocks.subList(0, 1));
    LossyExchange exchange = new LossyExchange(new InProcessExchange(ledgers), 0, 1);
    WorkerReplica stays = new WorkerReplica(blocks.subList(0, 1), exchange, options, PATIENCE);
    WorkerReplica goes = replica(blocks.get(1), ledgers, options);
    begin(stays, 0, 1);
    begin(goes, 1, 1);
    Random random = SEED.random();
    for (int row = 0; row < TableBlock.ROWS; row++) {
      // twice, so that the difference is not exact
      step(blocks.get(0), row, random.nextFloat() - 0.5f);
      step(blocks.get(0), row, random.nextFloat() - 0.5f);
      stays.block(1).afterStep(2);
      blocks.get(1).step(random);
      goes.block(1).afterStep(3);
    }
    goes.flush();
    ledgers.get(0).lose(1, 1);
    for (int step = 0; step < 3 * options.period(); step++) {
      blocks.get(0).step(random);
      stays.block(1).afterStep(2);
    }
    stays.flush();
    List<Push> sent = exchange.sent();
    assertThat(sent.get(sent.size() - 1).kind()).isEqualTo(Push.Kind.COPY);
    assertThat(FloatVector.copyOf(blocks.get(0).parameters))
        .isEqualTo(ledgers.get(0).state().parameters());
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void everyCodecWritesRowsAndNothingIsLostOfThem(Codec codec) throws InterruptedException {
    AveragingOptions options = average(1, codec, 1e9);
    List<TableBlock> blocks = List.of(TableBlock.sparse(1), TableBlock.sparse(1));
    List<BlockLedger> ledgers = ledgers(options, blocks.subList(0, 1));
    List<WorkerReplica> replicas =
        List.of(replica(blocks.get(0), ledgers, options), replica(blocks.get(1), ledgers, options));
    begin(replicas.get(0), 0, 1);
    begin(replicas.get(1), 1, 1);
    float[] before = ledgers.get(0).state().table().row(7);
    for (int step = 0; step < 200; step++) {
      step(blocks.get(0), 7, 0.01f);
      replicas.get(0).block(1).afterStep(1);
    }
    // alone its row would have moved by 2; of two workers its share is a half at first, then all
    float moved = ledgers.get(0).state().table().row(7)[1] - before[1];
    float left =
        blocks.get(0).parameters[TableBlock.BEFORE + 7 * TableBlock.WIDTH + 1]
            - ledgers.get(0).state().table().row(7)[1];
    assertThat(moved).isBetween(1.5f, 2.01f);
    assertThat(Math.abs(left)).as("not carried yet").isLessThan(0.02f);
    assertThat(ledgers.get(0).state().table().changedSince(0)).isEqualTo(rows(7));
  }

  private static void step(TableBlock block, int row, float by) {
    block.moveRow(row, by);
  }

  private static WorkerReplica replica(
      TableBlock block, List<BlockLedger> ledgers, AveragingOptions options) {
    return new WorkerReplica(List.of(block), new InProcessExchange(ledgers), options, PATIENCE);
  }

  private static RowNumbers rows(int... numbers) {
    return RowNumbers.owning(numbers);
  }

  @Test
  void aPushCarriesTheRowsThatStepsHaveChangedAndAnAnswerThoseOfOthersToo()
      throws InterruptedException {
    AveragingOptions options = average(2);
    List<TableBlock> blocks = List.of(TableBlock.sparse(1), TableBlock.sparse(1));
    List<BlockLedger> ledgers = ledgers(options, blocks.subList(0, 1));
    LossyExchange first = new LossyExchange(new InProcessExchange(ledgers), 0, 1);
    WorkerReplica one = new WorkerReplica(blocks.subList(0, 1), first, options, PATIENCE);
    WorkerReplica two = replica(blocks.get(1), ledgers, options);
    begin(two, 1, 1);
    begin(one, 0, 1); // not alone, so that it sends differences
    for (int row : new int[] {5, 3}) {
      step(blocks.get(1), row, 0.5f);
      two.block(1).afterStep(1);
    }
    for (int row : new int[] {299, 3, 200, 200}) {
      step(blocks.get(0), row, 0.25f);
      one.block(1).afterStep(1);
    }
    assertThat(first.sent()).extracting(Push::rows).containsExactly(rows(3, 299), rows(200));
    int others = TableBlock.BEFORE + TableBlock.BEHIND;
    assertThat(first.sent())
        .extracting(push -> push.values().length())
        .containsExactly(others + 2 * TableBlock.WIDTH, others + TableBlock.WIDTH);
    BlockState end = ledgers.get(0).state();
    assertThat(end.table().changedSince(0)).isEqualTo(rows(3, 5, 200, 299));
    assertThat(end.table().changedSince(1)).isEqualTo(rows(3, 200, 299));
    assertThat(end.table().changedSince(2)).isEqualTo(rows(200));
    assertThat(end.table().changedSince(3)).isEqualTo(rows());
    assertThat(FloatVector.copyOf(blocks.get(0).parameters)).isEqualTo(end.parameters());
  }

  @Test
  void everyPushIsCountedOnceWhenWorkersRace() throws Exception {
    // rounds of one push: every difference is added as it is, so that the sum is exact
    AveragingOptions options = quorum(1, 1, Duration.ofSeconds(1));
    List<TableBlock> blocks = blocks(true);
    blocks.forEach(block -> Arrays.fill(block.parameters, 0));
    BlockLedger ledger = ledger(options, 1, blocks.get(0));
    List<Callable<Object>> work = new ArrayList<>();
    for (int worker = 0; worker < WORKERS; worker++) {
      int number = worker;
      WorkerReplica replica = replica(blocks.get(worker), List.of(ledger), options);
      work.add(
          () -> {
            for (int lease = 1; lease <= 20; lease++) {
              begin(replica, number, lease);
              for (int step = 0; step < 50; step++) {
                step(blocks.get(number), (step * (number + 1)) % TableBlock.ROWS, 1);
                replica.block(1).afterStep(1);
              }
              replica.flush();
            }
            return null;
          });
    }
    together(work);
    float[] expected = new float[TableBlock.LENGTH];
    for (int worker = 0; worker < WORKERS; worker++) {
      for (int step = 0; step < 50; step++) {
        int row = (step * (worker + 1)) % TableBlock.ROWS;
        for (int j = 0; j < TableBlock.WIDTH; j++) {
          expected[TableBlock.BEFORE + row * TableBlock.WIDTH + j] += 20;
        }
      }
    }
    assertThat(ledger.state().parameters()).isEqualTo(FloatVector.copyOf(expected));
    assertThat(ledger.counts().accepted()).isEqualTo(WORKERS * 20 * 50L);
  }

  @Test
  void aRowThatIsNotFiniteIsRefusedAndTheBlockBeginsAnew() throws InterruptedException {
    AveragingOptions options = average(1, Codec.FP32, 1e9, Gain.NONE, 0.5);
    List<TableBlock> blocks = List.of(TableBlock.sparse(1), TableBlock.sparse(1));
    List<BlockLedger> ledgers = ledgers(options, blocks.subList(0, 1));
    WorkerReplica one = replica(blocks.get(0), ledgers, options);
    WorkerReplica two = replica(blocks.get(1), ledgers, options);
    begin(one, 0, 1);
    begin(two, 1, 1);
    step(blocks.get(0), 9, 1);
    one.block(1).afterStep(1);
    BlockState before = ledgers.get(0).state();
    step(blocks.get(0), 8, Float.NaN);
    one.block(1).afterStep(1);
    assertThat(ledgers.get(0).state()).isEqualTo(before);
    assertThat(ledgers.get(0).counts().nonFinite()).isEqualTo(1);
    assertThat(FloatVector.copyOf(blocks.get(0).parameters)).isEqualTo(before.parameters());
    step(blocks.get(0), 7, 1);
    one.block(1).afterStep(1);
    assertThat(ledgers.get(0).state().table().changedSince(1)).isEqualTo(rows(7));
  }

  @Test
  void aSumThatIsNotFiniteChangesNothing() {
    TableBlock block = TableBlock.sparse(1);
    BlockLedger ledger = ledger(quorum(1, 1, Duration.ofSeconds(1)), 1, block);
    ledger.open(Averaging.lease(0));
    assertThat(ledger.push(push(1, 0, 3e38f, 4)).verdict()).isEqualTo(Verdict.FOLDED);
    BlockState before = ledger.state();
    assertThat(ledger.push(push(2, 1, 3e38f, 4)).verdict()).isEqualTo(Verdict.NON_FINITE);
    assertThat(ledger.state()).isEqualTo(before);
    assertThat(ledger.push(push(3, 1, 1, 5)).verdict()).isEqualTo(Verdict.FOLDED);
  }

  private static Push push(long sequence, long base, float value, int... rows) {
    int others = TableBlock.BEFORE + TableBlock.BEHIND;
    float[] values = new float[others + rows.length * TableBlock.WIDTH];
    Arrays.fill(values, others, values.length, value);
    return new Push(
        Averaging.lease(0),
        1,
        sequence,
        base,
        1,
        Push.Kind.DELTA,
        false,
        Payload.of(Codec.FP32, values),
        FloatVector.copyOf(new float[] {0, 1}),
        Push.Timing.UNKNOWN,
        rows(rows));
  }

  @Test
  void rowsThatTheTableDoesNotHaveAreRefused() {
    BlockLedger ledger = ledger(average(1), 1, TableBlock.sparse(1));
    ledger.open(Averaging.lease(0));
    assertThatThrownBy(() -> ledger.push(push(1, 0, 1, 3, TableBlock.ROWS)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot fold push 1 of block 1 (worker 0, lease 1, attempt 1): row 300 of a table with"
                + " 300, counted from 0 (the workers were built from another specification)");
  }

  @Test
  void whatMovesAllOfABlockIsRefused() {
    String why = " with an embedding, of which only the rows travel that have changed)";
    assertRefused(
        Averaging.elastic(1, 1e9), "averaging.rule: elastic (must be average or quorum" + why);
    assertRefused(
        lockStep(1, Averaging.NESTEROV), "averaging.outer.optimiser: nesterov (must be none" + why);
    assertRefused(
        Averaging.delayed(1, 1e9), "averaging.outer.optimiser: delayed (must be none" + why);
  }

  private static void assertRefused(AveragingOptions options, String message) {
    assertThatThrownBy(() -> ledger(options, 1, TableBlock.sparse(1)))
        .hasMessage("Invalid " + message);
  }
}
