package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.AveragingOptions.Outer;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.network.NetworkFigures;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Execution;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.TextLayers;
import io.blockwise.testing.Serialised;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rows of trainers on several threads against the same trainers on one, to the last bit; a subclass
 * per engine runs the whole suite.
 */
@Timeout(120) // a deadlock shall fail, not hang
public abstract class ExecutionContract {
  private static final int BATCHES = 7;
  private static final int BAD = 5;
  private static final OptimiserSpec MOMENTUM =
      new OptimiserSpec.Sgd(0.02, 0.9, 1e-4, 1, new ScheduleSpec.Cosine(0.1));

  protected abstract Engine engine();

  /** A network of three blocks and its batches by their numbers. */
  private record Case(NetworkSpec network, LongFunction<Batch> batches) {}

  private static Case of(String method) {
    return switch (method) {
      case "scpl" -> images(SmallBlocks.contrastive(4));
      case "al" -> images(SmallBlocks.associated(4));
      case "cross-entropy" -> images(SmallBlocks.with(MOMENTUM));
      default -> new Case(ofTexts(), ExecutionContract::text);
    };
  }

  private static Case images(BlockSpec block) {
    NetworkSpec network = new NetworkSpec(SmallBlocks.INPUT, 3, List.of(block, block, block));
    return new Case(network, ExecutionContract::image);
  }

  /** Rows that learn, states that are handed on, and dropout. */
  private static NetworkSpec ofTexts() {
    List<LayerSpec> lstm = List.of(new TextLayers.Lstm(2, true), new TextLayers.Dropout(0.25));
    return new NetworkSpec(
        SmallTexts.INPUT, 3, List.of(text(List.of(SmallTexts.EMBEDDING)), text(lstm), text(lstm)));
  }

  private static BlockSpec text(List<LayerSpec> layers) {
    return new BlockSpec(
        layers,
        new LossSpec.CrossEntropy(),
        new ExitSpec(Features.POOLED),
        SmallBlocks.contrastive(4).optimiser());
  }

  private static Batch image(long number) {
    Batch batch = SmallBlocks.batch(12, number);
    if (number == BAD) {
      batch.inputs()[5] = Float.NaN;
    }
    return batch;
  }

  private static Batch text(long number) {
    Batch batch = SmallTexts.batch(9, number);
    batch.chance(number);
    return batch;
  }

  static Stream<Arguments> cases() {
    return Stream.of(Execution.FORWARD_SERIAL, Execution.PIPELINED)
        .flatMap(
            execution ->
                Stream.of("scpl", "al", "cross-entropy", "texts")
                    .map(method -> Arguments.of(execution, method)));
  }

  /** What is left of a worker and its ledgers. */
  private record Left(
      List<NetworkFigures> figures,
      List<BlockState> ledgers,
      List<Map<StateKind, float[]>> states,
      List<float[]> scores,
      long sent,
      long nonFinite) {
    Left withoutStates() {
      return new Left(figures, ledgers, List.of(), scores, sent, nonFinite);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void leavesTheNumbersOfOneThread(Execution execution, String method) throws Exception {
    for (int period : new int[] {2, 1000}) {
      Left one = oneWorker(of(method), Execution.SEQUENTIAL, period);
      assertSame(oneWorker(of(method), execution, period), one);
      assertThat(one.figures).hasSize(3 * BATCHES);
      assertThat(one.nonFinite).isEqualTo(method.equals("texts") ? 1 : 4);
    }
  }

  /**
   * Three leases, answers in between, batches that are not finite, and a block that is not once.
   */
  private Left oneWorker(Case made, Execution execution, int period) throws Exception {
    AveragingOptions options = options(AveragingOptions.Rule.AVERAGE, period);
    List<BlockLedger> ledgers = RowRun.ledgers(engine(), made.network, options);
    try (RowRun run =
        new RowRun(engine(), made.network, execution, options, new InProcessExchange(ledgers), 0)) {
      run.lease(BATCHES, made.batches);
      List<float[]> scores = run.network.scores(made.batches.apply(1));
      Block second = run.network.blocks().get(1);
      float[] spoilt = States.read(second, StateKind.PARAMETERS);
      spoilt[0] = Float.NaN;
      second.adopt(StateKind.PARAMETERS, spoilt);
      run.lease(BATCHES, made.batches);
      run.lease(BATCHES, made.batches);
      return left(run, ledgers, scores);
    }
  }

  private static Left left(RowRun run, List<BlockLedger> ledgers, List<float[]> scores) {
    return new Left(
        run.figures,
        ledgers.stream().map(BlockLedger::state).toList(),
        run.states(),
        scores,
        run.sent(),
        run.nonFinite());
  }

  /** One has fewer batches than the other, and leaves its rounds. */
  @ParameterizedTest
  @MethodSource("cases")
  void twoWorkersInLockStepLeaveTheNumbersOfOneThreadEach(Execution execution, String method)
      throws Exception {
    Case made = of(method);
    List<Left> one = twoWorkers(made, Execution.SEQUENTIAL);
    List<Left> apart = twoWorkers(made, execution);
    for (int worker = 0; worker < 2; worker++) {
      assertSame(apart.get(worker), one.get(worker));
    }
  }

  /**
   * The second worker ends first. What its replica holds then is the newest value when its last
   * push is answered, which may have moved on since; its next lease would begin with another.
   */
  private List<Left> twoWorkers(Case made, Execution execution) throws Exception {
    AveragingOptions options = options(AveragingOptions.Rule.QUORUM, 2);
    List<BlockLedger> ledgers = RowRun.ledgers(engine(), made.network, options);
    ledgers.forEach(ledger -> ledger.announce(0));
    ledgers.forEach(ledger -> ledger.announce(1));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Left>> workers = new ArrayList<>();
      for (int worker = 0; worker < 2; worker++) {
        int number = worker;
        workers.add(
            threads.submit(
                () -> {
                  InProcessExchange exchange = new InProcessExchange(ledgers);
                  try (RowRun run =
                      new RowRun(engine(), made.network, execution, options, exchange, number)) {
                    run.lease(BATCHES - 2 * number, n -> made.batches.apply(n + 20L * number));
                    Left all = left(run, List.of(), List.of());
                    return number == 0 ? all : all.withoutStates();
                  }
                }));
      }
      List<Left> left = new ArrayList<>();
      for (Future<Left> worker : workers) {
        left.add(worker.get());
      }
      return left;
    } finally {
      threads.shutdownNow();
    }
  }

  static Stream<Arguments> executionsAndMethods() {
    return Stream.concat(
        cases(),
        Stream.of("scpl", "al", "cross-entropy", "texts")
            .map(method -> Arguments.of(Execution.SEQUENTIAL, method)));
  }

  /** What a checkpoint keeps is enough: nothing else has a memory that numbers depend on. */
  @ParameterizedTest
  @MethodSource("executionsAndMethods")
  void workersThatGoOnFromWhatOthersHaveKeptLeaveTheSameNumbers(Execution execution, String method)
      throws Exception {
    Case made = of(method);
    for (AveragingOptions options : toGoOnWith(method)) {
      assertSame(turns(made, execution, options, true), turns(made, execution, options, false));
    }
  }

  private static List<AveragingOptions> toGoOnWith(String method) {
    AveragingOptions copies = options(AveragingOptions.Rule.AVERAGE, 2);
    AveragingOptions ahead =
        new AveragingOptions(
            AveragingOptions.Rule.AVERAGE,
            2,
            false,
            Codec.FP16,
            copies.staleness(),
            copies.quorum(),
            copies.outer(),
            AveragingOptions.Gain.NONE,
            0.5);
    return method.equals("texts")
        ? List.of(copies, ahead)
        : List.of(copies, ahead, options(AveragingOptions.Rule.ELASTIC, 2));
  }

  /**
   * Two workers that take turns.
   *
   * @param anew whether others go on for them after the second turn of each, and other ledgers
   */
  private Left turns(Case made, Execution execution, AveragingOptions options, boolean anew)
      throws Exception {
    List<BlockLedger> ledgers = RowRun.ledgers(engine(), made.network, options);
    List<RowRun.Kept> kept = new ArrayList<>();
    List<RowRun> runs = workers(made, execution, options, ledgers);
    try {
      turn(runs, ledgers, made, 0);
      turn(runs, ledgers, made, 1);
      if (anew) {
        for (RowRun run : runs) {
          kept.add(Serialised.copy(run.kept()));
          run.close();
        }
        List<BlockLedger> before = ledgers;
        ledgers =
            RowRun.ledgers(engine(), made.network, options).stream()
                .map(
                    fresh ->
                        fresh.restored(Serialised.copy(before.get(fresh.block() - 1).memento())))
                .toList();
        runs = workers(made, execution, options, ledgers);
        for (int worker = 0; worker < 2; worker++) {
          int first = 20 * worker + 60;
          runs.get(worker).lease(BATCHES, n -> made.batches.apply(first + n), kept.get(worker));
          retire(ledgers, worker, 3);
        }
      } else {
        turn(runs, ledgers, made, 2);
      }
      List<Map<StateKind, float[]>> states = new ArrayList<>();
      runs.forEach(run -> states.addAll(run.states()));
      List<BlockState> values = ledgers.stream().map(BlockLedger::state).toList();
      return new Left(List.of(), values, states, List.of(), 0, 0);
    } finally {
      runs.forEach(RowRun::close);
    }
  }

  private List<RowRun> workers(
      Case made, Execution execution, AveragingOptions options, List<BlockLedger> ledgers) {
    List<RowRun> runs = new ArrayList<>();
    for (int worker = 0; worker < 2; worker++) {
      InProcessExchange exchange = new InProcessExchange(ledgers);
      runs.add(new RowRun(engine(), made.network, execution, options, exchange, worker));
    }
    return runs;
  }

  private static void turn(List<RowRun> runs, List<BlockLedger> ledgers, Case made, int number)
      throws Exception {
    for (int worker = 0; worker < runs.size(); worker++) {
      int first = 20 * worker + 30 * number;
      runs.get(worker).lease(BATCHES, n -> made.batches.apply(first + n));
      retire(ledgers, worker, number + 1);
    }
  }

  private static void retire(List<BlockLedger> ledgers, int worker, long lease) {
    ledgers.forEach(ledger -> ledger.retire(worker, lease));
  }

  private static void assertSame(Left found, Left expected) {
    assertThat(found.figures).isEqualTo(expected.figures);
    assertThat(found.ledgers).isEqualTo(expected.ledgers);
    assertThat(found.sent).isEqualTo(expected.sent);
    assertThat(found.nonFinite).isEqualTo(expected.nonFinite);
    for (int k = 0; k < expected.states.size(); k++) {
      States.assertEqual(found.states.get(k), expected.states.get(k));
    }
    for (int k = 0; k < expected.scores.size(); k++) {
      assertThat(found.scores.get(k)).isEqualTo(expected.scores.get(k));
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "SEQUENTIAL")
  void blocksThatNeedTheNextOneAreRefused(Execution execution) {
    BlockSpec block = SmallBlocks.contrastive(4);
    List<BlockSpec> blocks = List.of(block.ofSpan(2), block);
    NetworkSpec coupled = new NetworkSpec(SmallBlocks.INPUT, 3, blocks);
    assertThatThrownBy(() -> execution.requireTrains(coupled))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot train with training.execution = "
                + (execution == Execution.PIPELINED ? "pipelined" : "forward-serial")
                + ": block 1 learns from the loss of block 2 as well (set training.execution ="
                + " sequential)");
  }

  private static AveragingOptions options(AveragingOptions.Rule rule, int period) {
    return new AveragingOptions(
        rule,
        period,
        false,
        Codec.FP32,
        new AveragingOptions.Staleness(8),
        AveragingOptions.Quorum.ALL,
        new Outer(OuterOptimiser.NONE, 0, 1),
        AveragingOptions.Gain.NONE,
        0);
  }
}
