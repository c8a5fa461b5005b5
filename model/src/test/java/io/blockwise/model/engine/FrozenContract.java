package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.averaging.Averaging;
import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.model.network.BlockRow;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.network.NetworkFigures;
import io.blockwise.model.network.SequentialRow;
import io.blockwise.model.network.Timeline;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Execution;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.StepScale;
import io.blockwise.model.spec.TextLayers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Blocks behind a frozen prefix (methods 2h); a subclass per engine runs the whole suite. */
public abstract class FrozenContract {
  private static final int STEPS = 4;
  private static final Percentage IN_FLOAT = Percentage.withPercentage(1e-3);
  private static final double RATE = 0.05;
  private static final OptimiserSpec SGD =
      new OptimiserSpec.Sgd(RATE, 0.9, 0, 0, new ScheduleSpec.Constant());

  protected abstract Engine engine();

  /** A network of three blocks and what it reads. */
  record Case(String name, NetworkSpec network, LongFunction<Batch> batches) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        ofImages("associated learning", SmallBlocks.associated(4)),
        ofImages("contrastive", SmallBlocks.contrastive(4)),
        ofImages("cross-entropy, batch norm", SmallBlocks.with(SGD)),
        ofWeightedImages("rows with weights", SmallBlocks.with(SGD)),
        ofTexts("dropout", SmallTexts.encoder(2, 0.4)),
        ofTexts("carried states", List.of(new TextLayers.Lstm(4, true))));
  }

  private static Case ofImages(String name, BlockSpec block) {
    NetworkSpec network = new NetworkSpec(SmallBlocks.INPUT, 3, Collections.nCopies(3, block));
    return new Case(name, network, seed -> SmallBlocks.batch(12, seed));
  }

  private static Case ofWeightedImages(String name, BlockSpec block) {
    NetworkSpec network = ofImages(name, block).network();
    return new Case(
        name,
        network,
        seed -> SmallBlocks.weighted(SmallBlocks.batch(12, seed), 0.5f, 1, 3, 0.25f, 2));
  }

  private static Case ofTexts(String name, List<LayerSpec> layers) {
    List<LayerSpec> first = new ArrayList<>(List.of(SmallTexts.EMBEDDING));
    first.addAll(layers);
    List<BlockSpec> blocks =
        Stream.of(first, layers, layers)
            .map(
                its ->
                    new BlockSpec(
                        its,
                        new LossSpec.CrossEntropy(),
                        new ExitSpec(Features.POOLED),
                        SmallBlocks.contrastive(4).optimiser()))
            .toList();
    return new Case(
        name, new NetworkSpec(SmallTexts.INPUT, 3, blocks), seed -> SmallTexts.batch(12, seed));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void frozenBlocksStayAsTheyAreBitByBitAndAllOthersLearn(Case one) throws Exception {
    try (DecoupledNetwork network = new DecoupledNetwork(engine(), one.network(), 3)) {
      warm(network, one);
      List<Map<StateKind, float[]>> before = states(network);
      NetworkFigures figures = train(network, one, new TrainedBlocks(1, 3));
      List<Map<StateKind, float[]>> after = states(network);
      assertSame(before.get(0), after.get(0), StateKind.PARAMETERS, StateKind.STATISTICS);
      for (int k = 1; k < 3; k++) {
        assertThat(after.get(k).get(StateKind.PARAMETERS))
            .isNotEqualTo(before.get(k).get(StateKind.PARAMETERS));
      }
      assertThat(figures.blocks().get(0).rows()).as("rows of the frozen block").isZero();
      assertThat(figures.blocks().get(2).rows()).isEqualTo(STEPS * 12L);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void blocksThatHaveNotJoinedStayAsTheyAre(Case one) throws Exception {
    try (DecoupledNetwork network = new DecoupledNetwork(engine(), one.network(), 3)) {
      List<Map<StateKind, float[]>> before = states(network);
      train(network, one, new TrainedBlocks(0, 2));
      assertSame(before.get(2), states(network).get(2), StateKind.values());
    }
  }

  /** Whatever threads they have. */
  @ParameterizedTest
  @MethodSource("cases")
  void rowsOnThreadsLeaveTheSameNumbers(Case one) throws Exception {
    for (TrainedBlocks blocks : List.of(new TrainedBlocks(1, 3), new TrainedBlocks(0, 2))) {
      try (DecoupledNetwork expected = new DecoupledNetwork(engine(), one.network(), 3)) {
        NetworkFigures figures = train(expected, one, blocks);
        for (Execution execution : List.of(Execution.FORWARD_SERIAL, Execution.PIPELINED)) {
          try (DecoupledNetwork network = new DecoupledNetwork(engine(), one.network(), 3)) {
            assertThat(train(network, one, blocks, execution)).isEqualTo(figures);
            for (int k = 0; k < 3; k++) {
              assertSame(states(expected).get(k), states(network).get(k), StateKind.values());
            }
          }
        }
      }
    }
  }

  /** Rows come in other batches in every epoch, and the frozen block is spoilt behind the first. */
  @ParameterizedTest
  @MethodSource("casesOfImages")
  void rowsGoThroughFrozenBlocksOnceWhereTheirOutputsAreKept(Case one) throws Exception {
    for (Execution execution : Execution.values()) {
      try (DecoupledNetwork anew = new DecoupledNetwork(engine(), one.network(), 3);
          DecoupledNetwork kept = new DecoupledNetwork(engine(), one.network(), 3, 1 << 20);
          DecoupledNetwork few = new DecoupledNetwork(engine(), one.network(), 3, 1 << 10)) {
        NetworkFigures figures = epochs(anew, one, execution, false);
        assertThat(epochs(few, one, execution, false)).isEqualTo(figures);
        assertThat(epochs(kept, one, execution, true)).isEqualTo(figures);
        for (int k = 1; k < 3; k++) {
          assertSame(states(anew).get(k), states(kept).get(k), StateKind.values());
          assertSame(states(anew).get(k), states(few).get(k), StateKind.values());
        }
      }
    }
  }

  static Stream<Case> casesOfImages() {
    return cases().filter(one -> one.network().input().equals(SmallBlocks.INPUT));
  }

  private static NetworkFigures epochs(
      DecoupledNetwork network, Case one, Execution execution, boolean spoil)
      throws InterruptedException {
    List<NetworkFigures> figures = new ArrayList<>();
    try (BlockRow row = row(network, execution)) {
      row.start(new LeaseAttempt("run", 0, 1, 1), new TrainedBlocks(1, 3));
      for (int epoch = 0; epoch < 3; epoch++) {
        for (int half = 0; half < 2; half++) {
          figures.addAll(row.step(shuffled(one, epoch, half), 2 * epoch + half + 1));
        }
        if (spoil && epoch == 0) {
          Block first = network.blocks().get(0);
          float[] nothing = States.read(first, StateKind.PARAMETERS);
          Arrays.fill(nothing, Float.NaN);
          first.adopt(StateKind.PARAMETERS, nothing);
        }
      }
      figures.addAll(row.finish());
    }
    return figures.stream().reduce(NetworkFigures.none(3), NetworkFigures::plus);
  }

  /** Half of the rows of two batches, in another order in every epoch. */
  private static Batch shuffled(Case one, int epoch, int half) {
    List<Batch> all = List.of(one.batches().apply(1), one.batches().apply(2));
    List<Integer> order = new ArrayList<>(IntStream.range(0, 24).boxed().toList());
    Collections.shuffle(order, new Random(epoch));
    Batch batch = one.batches().apply(3);
    batch.repeats(true);
    int elements = batch.shape().elements();
    for (int row = 0; row < 12; row++) {
      int from = order.get(12 * half + row);
      Batch source = all.get(from / 12);
      System.arraycopy(
          source.inputs(), from % 12 * elements, batch.inputs(), row * elements, elements);
      batch.labels()[row] = source.labels()[from % 12];
      batch.number(row, from);
      if (source.weighted()) {
        batch.weight(row, source.weight(from % 12));
      }
    }
    return batch;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void laterBlocksLearnAsIfTheFrozenOnesOutputsWereGiven(Case one) throws Exception {
    Engine engine = engine();
    try (DecoupledNetwork network = new DecoupledNetwork(engine(), one.network(), 3);
        DecoupledNetwork other = new DecoupledNetwork(engine, one.network(), 3)) {
      warm(network, one);
      warm(other, one);
      train(network, one, new TrainedBlocks(1, 3));
      other.blocks().forEach(StateKind::beginOwn); // as a lease does
      for (int i = 1; i <= STEPS; i++) {
        trainOn(engine, other, one.batches().apply(i));
      }
      for (int k = 0; k < 3; k++) {
        assertThat(States.read(network.blocks().get(k), StateKind.PARAMETERS))
            .as("block %d", k + 1)
            .containsExactly(States.read(other.blocks().get(k), StateKind.PARAMETERS));
      }
    }
  }

  /** What the first block gives is worked out by itself, and the others train on it by hand. */
  private static void trainOn(Engine engine, DecoupledNetwork network, Batch batch) {
    try (Signal in = engine.signal(batch);
        Signal given = network.blocks().get(0).handOn(in)) {
      Step second = network.blocks().get(1).train(given, rate(network, 1));
      Step third = network.blocks().get(2).train(second.output(), rate(network, 2));
      second.complete();
      third.complete();
      second.output().close();
      third.output().close();
      second.result();
      third.result();
    }
  }

  private static double rate(DecoupledNetwork network, int index) {
    return network.spec().blocks().get(index).optimiser().learningRateAt(0);
  }

  /** Without batch norm and dropout there is no other mode, and at rate 0 no step. */
  @ParameterizedTest
  @MethodSource("cases")
  void whatAFrozenBlockHandsOnIsWhatATrainingOneDoesWhereTheModeMakesNoDifference(Case one) {
    NetworkSpec plain = withoutModes(one.network());
    Engine engine = engine();
    try (DecoupledNetwork network = new DecoupledNetwork(engine, plain, 3)) {
      Batch batch = one.batches().apply(1);
      Block first = network.blocks().get(0);
      Block second = network.blocks().get(1);
      StepResult ofTraining;
      try (Signal in = engine.signal(batch)) {
        Step step = first.train(in, 0);
        ofTraining = trained(second, step.output());
        step.complete();
        step.output().close();
        step.result();
      }
      try (Signal in = engine.signal(batch);
          Signal given = first.handOn(in)) {
        StepResult found = trained(second, given);
        assertThat(ofTraining.trained()).isTrue();
        assertThat(found.correct()).isEqualTo(ofTraining.correct());
        for (int i = 0; i < found.losses().size(); i++) {
          assertThat(found.losses().get(i).value())
              .isCloseTo(ofTraining.losses().get(i).value(), IN_FLOAT);
        }
      }
    }
  }

  private static StepResult trained(Block block, Signal in) {
    return SmallBlocks.train(block, in, 0);
  }

  private static NetworkSpec withoutModes(NetworkSpec network) {
    List<BlockSpec> blocks =
        network.blocks().stream()
            .map(
                block ->
                    new BlockSpec(
                        block.layers().stream()
                            .filter(layer -> !(layer instanceof LayerSpec.BatchNorm))
                            .filter(layer -> !(layer instanceof LayerSpec.Residual))
                            .toList(),
                        block.loss(),
                        block.exit(),
                        block.optimiser()))
            .toList();
    return new NetworkSpec(network.input(), network.classes(), blocks);
  }

  /** Two steps, so that running statistics and optimisers are not as at the beginning. */
  private static void warm(DecoupledNetwork network, Case one) {
    for (int i = 0; i < 2; i++) {
      network.step(one.batches().apply(100 + i), block -> RATE);
    }
  }

  private static NetworkFigures train(DecoupledNetwork network, Case one, TrainedBlocks blocks)
      throws InterruptedException {
    return train(network, one, blocks, Execution.SEQUENTIAL);
  }

  private static NetworkFigures train(
      DecoupledNetwork network, Case one, TrainedBlocks blocks, Execution execution)
      throws InterruptedException {
    List<NetworkFigures> figures = new ArrayList<>();
    try (BlockRow row = row(network, execution)) {
      row.start(new LeaseAttempt("run", 0, 1, 1), blocks);
      for (int i = 1; i <= STEPS; i++) {
        figures.addAll(row.step(one.batches().apply(i), i));
      }
      figures.addAll(row.finish());
    }
    return figures.stream().reduce(NetworkFigures.none(3), NetworkFigures::plus);
  }

  private static BlockRow row(DecoupledNetwork network, Execution execution) {
    AveragingOptions options = Averaging.average(2);
    WorkerReplica replica =
        new WorkerReplica(
            network.blocks(),
            new InProcessExchange(ledgers(network, options)),
            options,
            Duration.ofSeconds(30));
    return BlockRow.of(
        execution, new SequentialRow(network, replica, 1 << 20, StepScale.NONE, 1), Timeline.NONE);
  }

  private static List<BlockLedger> ledgers(DecoupledNetwork network, AveragingOptions options) {
    List<BlockLedger> ledgers = new ArrayList<>();
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
    return ledgers;
  }

  private static List<Map<StateKind, float[]>> states(DecoupledNetwork network) {
    return network.blocks().stream().map(States::all).toList();
  }

  private static void assertSame(
      Map<StateKind, float[]> before, Map<StateKind, float[]> after, StateKind... kinds) {
    for (StateKind kind : kinds) {
      assertThat(after.get(kind)).as("%s", kind).containsExactly(before.get(kind));
    }
  }
}
