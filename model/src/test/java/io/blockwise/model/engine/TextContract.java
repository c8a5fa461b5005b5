package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.AlSpec;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.DeInfoRegSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.TextLayers.Dropout;
import io.blockwise.model.spec.TextLayers.Lstm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What blocks of texts of every engine must do; a subclass per engine runs the whole suite. */
public abstract class TextContract {
  private static final int CLASSES = 3;
  private static final OptimiserSpec DESCENT =
      new OptimiserSpec.Sgd(1, 0, 0, 0, new ScheduleSpec.Constant());
  private static final OptimiserSpec ADAM =
      new OptimiserSpec.Adam(0.01, 0.9, 0.999, 1e-8, 0, 0, new ScheduleSpec.Constant());

  private static final List<LayerSpec> READER = List.of(new LayerSpec.Dense(3, true));

  protected abstract Engine engine();

  @ParameterizedTest
  @MethodSource("readings")
  void gradientIsThatOfTheLoss(BlockSpec block) {
    try (Engine engine = engine()) {
      GradientCheck.runOnTexts(engine, block);
    }
  }

  /** Every layer under cross-entropy, and every loss and reading behind an LSTM. */
  static Stream<BlockSpec> readings() {
    List<BlockSpec> blocks = new ArrayList<>();
    LossSpec entropy = new LossSpec.CrossEntropy();
    SmallTexts.behindEmbedding()
        .forEach(layers -> blocks.add(block(layers, entropy, Features.POOLED, DESCENT)));
    List<LayerSpec> lstm = List.of(new Lstm(3, false));
    List<LayerSpec> carried = List.of(new Lstm(3, true), new Lstm(3, true));
    blocks.add(block(carried, entropy, Features.FLAT, DESCENT));
    for (Features features : List.of(Features.SUMMED, Features.FLAT)) {
      blocks.add(block(lstm, entropy, features, DESCENT));
    }
    losses().forEach(loss -> blocks.add(block(lstm, loss, Features.POOLED, DESCENT)));
    return blocks.stream();
  }

  private static List<LossSpec> losses() {
    HeadSpec same = new HeadSpec(HeadSpec.Kind.CONVOLUTION, Features.POOLED, 7, 6);
    HeadSpec mlp = new HeadSpec(HeadSpec.Kind.MLP, Features.POOLED, 7, 6);
    return List.of(
        new LossSpec.Scpl(0.5, LossSpec.Divisor.KHOSLA, mlp),
        new LossSpec.PredSim(0.5, same),
        new AlSpec(
            new AlSpec.Bridge(Features.SUMMED, List.of(), LossSpec.Activation.TANH),
            5,
            LossSpec.Activation.TANH,
            LossSpec.Activation.TANH,
            LossSpec.Activation.NONE,
            AlSpec.Inverse.CROSS_ENTROPY),
        new DeInfoRegSpec(
            DeInfoRegSpec.Scaling.UNIT,
            List.of(1.0, 3.0, 3.0),
            0.5,
            new DeInfoRegSpec.Exit(DeInfoRegSpec.Exit.Kind.MERGE, false, LossSpec.Activation.NONE),
            mlp));
  }

  private static BlockSpec block(
      List<LayerSpec> behind, LossSpec loss, Features features, OptimiserSpec optimiser) {
    LayerSpec embedding = optimiser.stepsByRow() ? SmallTexts.EMBEDDING : SmallTexts.FROZEN;
    List<LayerSpec> layers = Stream.concat(Stream.of(embedding), behind.stream()).toList();
    return new BlockSpec(layers, loss, new ExitSpec(features), optimiser);
  }

  static Stream<List<LayerSpec>> layers() {
    return SmallTexts.behindEmbedding().stream();
  }

  @ParameterizedTest
  @MethodSource("layers")
  void rowDependsNeitherOnOtherRowsNorOnPadding(List<LayerSpec> layers) {
    BlockSpec block = block(layers, new LossSpec.CrossEntropy(), Features.POOLED, ADAM);
    int[] text = {3, 7, 2};
    try (DecoupledNetwork network = network(List.of(block), 3)) {
      float[] alone = network.scores(SmallTexts.batch(text)).get(0);
      int[] longer = {1, 2, 3, 4, 5, 6};
      float[] among = network.scores(SmallTexts.batch(longer, text, new int[] {9})).get(0);
      for (int c = 0; c < CLASSES; c++) {
        assertThat(among[CLASSES + c]).isCloseTo(alone[c], Offset.offset(1e-6f));
      }
    }
  }

  @Test
  void onlyRowsThatTheBatchReadsLearnAndPaddingStaysAsItIs() {
    BlockSpec block = block(READER, new LossSpec.CrossEntropy(), Features.POOLED, ADAM);
    try (Engine engine = engine();
        Block built = engine.block(block, SmallTexts.BORDER, CLASSES, new SplittableRandom(1));
        Signal in = engine.signal(SmallTexts.batch(new int[] {3, 7}, new int[] {5}))) {
      float[] before = States.read(built, StateKind.PARAMETERS);
      SmallBlocks.train(built, in, 0.01);
      float[] after = States.read(built, StateKind.PARAMETERS);
      for (int id = 0; id < SmallTexts.VOCABULARY; id++) {
        boolean learned = !Arrays.equals(before, 4 * id, 4 * id + 4, after, 4 * id, 4 * id + 4);
        assertThat(learned).as("id %s", id).isEqualTo(List.of(3, 5, 7).contains(id));
      }
    }
  }

  @Test
  void rowsAreReadAndAdoptedAsTheWholeVectorIs() {
    BlockSpec block = block(READER, new LossSpec.CrossEntropy(), Features.POOLED, ADAM);
    try (Engine engine = engine();
        Block built = engine.block(block, SmallTexts.BORDER, CLASSES, new SplittableRandom(1));
        Signal in = engine.signal(SmallTexts.batch(new int[] {3, 7}, new int[] {5}))) {
      assertThat(built.takeChangedRows()).isEmpty();
      SmallBlocks.train(built, in, 0.01);
      int[] changed = built.takeChangedRows();
      assertThat(changed).containsSequence(3, 5, 7);
      assertThat(built.takeChangedRows()).isEmpty();
      float[] whole = States.read(built, StateKind.PARAMETERS);
      float[] rows = new float[8];
      built.readRows(new int[] {2, 9}, rows);
      assertThat(Arrays.copyOfRange(rows, 4, 8)).isEqualTo(Arrays.copyOfRange(whole, 36, 40));
      int table = 4 * SmallTexts.VOCABULARY;
      float[] rest = new float[built.parameters().lengthOfRest()];
      built.readRest(rest);
      assertThat(rest).isEqualTo(Arrays.copyOfRange(whole, table, whole.length));
      Arrays.fill(whole, 36, 40, 5);
      Arrays.fill(whole, table, whole.length, 6);
      Arrays.fill(rest, 6);
      built.adoptRows(new int[] {9}, new float[] {5, 5, 5, 5});
      built.adoptRest(rest);
      assertThat(States.read(built, StateKind.PARAMETERS)).isEqualTo(whole);
      assertThat(built.takeChangedRows()).isEmpty();
    }
  }

  @Test
  void frozenVectorsStayAsTheyAre() {
    BlockSpec frozen =
        new BlockSpec(
            List.of(SmallTexts.FROZEN, READER.get(0)),
            new LossSpec.CrossEntropy(),
            new ExitSpec(Features.POOLED),
            ADAM);
    try (Engine engine = engine();
        Block built = engine.block(frozen, SmallTexts.BORDER, CLASSES, new SplittableRandom(1));
        Signal in = engine.signal(SmallTexts.batch(8, 2))) {
      float[] before = States.read(built, StateKind.PARAMETERS);
      SmallBlocks.train(built, in, 0.01);
      float[] after = States.read(built, StateKind.PARAMETERS);
      int table = 4 * SmallTexts.VOCABULARY;
      assertThat(Arrays.copyOf(after, table)).isEqualTo(Arrays.copyOf(before, table));
      assertThat(after).isNotEqualTo(before);
    }
  }

  @Test
  void stateOfTheOptimiserThatWasReadLetsTrainingGoOn() {
    BlockSpec block = block(READER, new LossSpec.CrossEntropy(), Features.POOLED, ADAM);
    try (Engine engine = engine();
        Block first = engine.block(block, SmallTexts.BORDER, CLASSES, new SplittableRandom(1));
        Block second = engine.block(block, SmallTexts.BORDER, CLASSES, new SplittableRandom(2));
        Signal in = engine.signal(SmallTexts.batch(8, 2));
        Signal next = engine.signal(SmallTexts.batch(8, 3))) {
      SmallBlocks.train(first, in, 0.01);
      for (StateKind kind : List.of(StateKind.PARAMETERS, StateKind.OPTIMISER)) {
        second.adopt(kind, States.read(first, kind));
      }
      SmallBlocks.train(first, next, 0.01);
      SmallBlocks.train(second, next, 0.01);
      for (StateKind kind : List.of(StateKind.PARAMETERS, StateKind.OPTIMISER)) {
        assertThat(States.read(second, kind)).isEqualTo(States.read(first, kind));
      }
    }
  }

  @Test
  void whatIsLeftOutDependsOnTheBatchAlone() {
    List<LayerSpec> layers = SmallTexts.encoder(2, 0.3);
    BlockSpec block = block(layers, new LossSpec.CrossEntropy(), Features.POOLED, ADAM);
    assertThat(lossOf(block, 1)).isEqualTo(lossOf(block, 1)).isNotEqualTo(lossOf(block, 2));
  }

  private double lossOf(BlockSpec block, long chance) {
    try (DecoupledNetwork network = network(List.of(block), 3)) {
      Batch batch = SmallTexts.batch(8, 2);
      batch.chance(chance);
      return network.step(batch, k -> 0).get(0).loss();
    }
  }

  @Test
  void nothingIsLeftOutOfAnswers() {
    List<LayerSpec> layers = List.of(new Dropout(0.9), READER.get(0));
    BlockSpec block = block(layers, new LossSpec.CrossEntropy(), Features.POOLED, ADAM);
    BlockSpec without =
        block(
            List.of(new Dropout(0), READER.get(0)),
            new LossSpec.CrossEntropy(),
            Features.POOLED,
            ADAM);
    Batch batch = SmallTexts.batch(8, 2);
    try (DecoupledNetwork one = network(List.of(block), 3);
        DecoupledNetwork other = network(List.of(without), 3)) {
      assertThat(one.scores(batch).get(0)).isEqualTo(other.scores(batch).get(0));
    }
  }

  @Test
  void statesThatAreCarriedOverABorderAreThoseWithinABlock() {
    LossSpec entropy = new LossSpec.CrossEntropy();
    ExitSpec exit = new ExitSpec(Features.POOLED);
    BlockSpec joined =
        block(List.of(new Lstm(3, true), new Lstm(3, true)), entropy, Features.POOLED, ADAM);
    BlockSpec first = block(List.of(new Lstm(3, true)), entropy, Features.POOLED, ADAM);
    BlockSpec second = new BlockSpec(List.of(new Lstm(3, true)), entropy, exit, ADAM);
    Batch batch = SmallTexts.batch(8, 2);
    try (DecoupledNetwork whole = network(List.of(joined), 3);
        DecoupledNetwork cut = network(List.of(first, second), 4)) {
      float[] all = States.read(whole.blocks().get(0), StateKind.PARAMETERS);
      float[] ofFirst = States.read(cut.blocks().get(0), StateKind.PARAMETERS);
      int layers = cut.blocks().get(0).parameters().length("layers");
      System.arraycopy(all, 0, ofFirst, 0, layers);
      cut.blocks().get(0).adopt(StateKind.PARAMETERS, ofFirst);
      cut.blocks().get(1).adopt(StateKind.PARAMETERS, Arrays.copyOfRange(all, layers, all.length));
      assertThat(cut.scores(batch).get(1)).isEqualTo(whole.scores(batch).get(0));
      double ofWhole = whole.step(batch, k -> 0).get(0).loss();
      assertThat(cut.step(batch, k -> 0).get(1).loss()).isEqualTo(ofWhole);
    }
  }

  @Test
  void blocksOfOtherWidthsCannotBeginWithCarriedStates() {
    ExitSpec exit = new ExitSpec(Features.POOLED);
    LossSpec entropy = new LossSpec.CrossEntropy();
    List<BlockSpec> blocks =
        List.of(
            block(List.of(new Lstm(3, true)), entropy, Features.POOLED, ADAM),
            new BlockSpec(List.of(new Lstm(4, true)), entropy, exit, ADAM));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NetworkSpec(SmallTexts.INPUT, CLASSES, blocks))
        .withMessage(
            "Invalid lstm.units: 4 (must be 3 as before it, whose states it begins with (or set"
                + " carry = false))");
  }

  private DecoupledNetwork network(List<BlockSpec> blocks, long seed) {
    return new DecoupledNetwork(engine(), new NetworkSpec(SmallTexts.INPUT, CLASSES, blocks), seed);
  }
}
