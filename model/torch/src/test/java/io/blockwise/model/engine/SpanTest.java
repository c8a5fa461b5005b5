package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.blockwise.model.engine.StepResult.Outcome;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Blocks that learn from the next block's loss as well. */
class SpanTest {
  private static final OptimiserSpec DESCENT =
      new OptimiserSpec.Sgd(1, 0, 0, 0, new ScheduleSpec.Constant());
  private static final double STEP = 2e-3;
  private static final BlockSpec SECOND = SmallBlocks.with(DESCENT);
  private static final BlockSpec FIRST = SECOND.ofSpan(2);

  @Test
  void trainingFollowsPyTorchsTrace() {
    OptimiserSpec adam =
        new OptimiserSpec.Adam(0.01, 0.9, 0.999, 1e-8, 0, 0, new ScheduleSpec.Constant());
    List<BlockSpec> specs = new ArrayList<>();
    for (int k = 1; k <= 3; k++) {
      specs.add(SmallBlocks.with(k == 2 ? 5 : 4, adam).ofSpan(k == 3 ? 1 : 2));
    }
    TorchTrace.assertFollowed("trace_span", specs, Map.of());
  }

  /** What plain descent at rate 1 takes away is the gradient. */
  @Test
  void ofTwoBlocksTheFirstHasTheGradientOfBackpropagationAndOfItsOwnLoss() {
    List<LayerSpec> layers = new ArrayList<>(FIRST.layers());
    layers.addAll(SECOND.layers());
    BlockSpec whole = new BlockSpec(layers, SECOND.loss(), SECOND.exit(), DESCENT);
    float[] found = moved(FIRST, SECOND);
    float[] local = moved(SECOND, SECOND);
    float[] through = throughAll(whole);
    double largest = 0;
    for (int i = 0; i < through.length; i++) {
      assertThat((double) found[i]).isCloseTo(local[i] + through[i], within(1e-5));
      largest = Math.max(largest, Math.abs(through[i]));
    }
    assertThat(largest).as("a gradient that can be told from none").isGreaterThan(1e-2);
    for (int i = through.length; i < found.length; i++) {
      assertThat(found[i]).as("the exit knows its own loss only").isEqualTo(local[i]);
    }
  }

  /** Nothing of the next block's loss but its associated term depends on what it reads. */
  @Test
  void theNextBlocksAssociatedLossIsHeardByTheLayersAlone() {
    BlockSpec first = associated(new LayerSpec.Flatten());
    BlockSpec second = associated();
    float[] local = moved(first, second);
    float[] heard = moved(first.ofSpan(2), second);
    int layers = lengthOfLayers(BlockLayout.of(first, SmallBlocks.BORDER, 3));
    assertThat(Arrays.copyOfRange(heard, layers, heard.length))
        .as("bridge, encoder and decoder")
        .containsExactly(Arrays.copyOfRange(local, layers, local.length));
    List<BlockSpec> two = List.of(first, second);
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 6; i++) {
      double[] direction = random.doubles(layers, -1, 1).toArray();
      double claimed = 0;
      for (int j = 0; j < layers; j++) {
        claimed += direction[j] * (heard[j] - local[j]);
      }
      assertThat(Math.abs(claimed)).as("a slope that can be told from none").isGreaterThan(1e-3);
      double rise = associated(two, direction, STEP) - associated(two, direction, -STEP);
      assertThat(claimed).isCloseTo(rise / (2 * STEP), withinPercentage(2));
    }
  }

  private static BlockSpec associated(LayerSpec... before) {
    BlockSpec block = SmallBlocks.associated(4);
    List<LayerSpec> smooth = new ArrayList<>(List.of(before));
    smooth.addAll(List.of(new LayerSpec.Dense(5, true), new LayerSpec.Tanh()));
    return new BlockSpec(smooth, block.loss(), block.exit(), DESCENT);
  }

  /** The second block's associated loss where the first one's layers are others. */
  private static double associated(List<BlockSpec> two, double[] direction, double step) {
    NetworkSpec spec = new NetworkSpec(SmallBlocks.INPUT, 3, two);
    try (DecoupledNetwork network = new DecoupledNetwork(TestDevice.torch(), spec, 1)) {
      Block first = network.blocks().get(0);
      float[] start = States.read(first, StateKind.PARAMETERS);
      for (int i = 0; i < direction.length; i++) {
        start[i] += (float) (step * direction[i]);
      }
      first.adopt(StateKind.PARAMETERS, start);
      LossTerm term = network.step(SmallBlocks.batch(12, 1), k -> 0).get(1).losses().get(0);
      assertThat(term.name()).isEqualTo("associated");
      return term.value();
    }
  }

  /** What a step takes from the first block, whose layers come before its exit. */
  private static float[] moved(BlockSpec first, BlockSpec second) {
    NetworkSpec spec = new NetworkSpec(SmallBlocks.INPUT, 3, List.of(first, second));
    try (DecoupledNetwork network = new DecoupledNetwork(TestDevice.torch(), spec, 1)) {
      return moved(network);
    }
  }

  private static float[] moved(DecoupledNetwork network) {
    Block block = network.blocks().get(0);
    float[] before = States.read(block, StateKind.PARAMETERS);
    network.step(SmallBlocks.batch(12, 1), k -> 1);
    float[] after = States.read(block, StateKind.PARAMETERS);
    for (int i = 0; i < before.length; i++) {
      before[i] -= after[i];
    }
    return before;
  }

  /** The same of the layers of the first block in a network of one, from the same numbers. */
  private static float[] throughAll(BlockSpec whole) {
    NetworkSpec two = new NetworkSpec(SmallBlocks.INPUT, 3, List.of(FIRST, SECOND));
    NetworkSpec one = new NetworkSpec(SmallBlocks.INPUT, 3, List.of(whole));
    List<float[]> first = DecoupledNetwork.firstParameters(two, 1);
    List<BlockLayout> layouts = DecoupledNetwork.layouts(two);
    int layers = lengthOfLayers(layouts.get(0));
    try (DecoupledNetwork network = new DecoupledNetwork(TestDevice.torch(), one, 1)) {
      Block block = network.blocks().get(0);
      float[] start = new float[block.length(StateKind.PARAMETERS)];
      System.arraycopy(first.get(0), 0, start, 0, layers);
      System.arraycopy(first.get(1), 0, start, layers, first.get(1).length);
      block.adopt(StateKind.PARAMETERS, start);
      return Arrays.copyOf(moved(network), layers);
    }
  }

  private static int lengthOfLayers(BlockLayout layout) {
    return layout.parameters().entries().stream()
        .filter(tensor -> tensor.name().startsWith(BlockSpec.LAYERS + "."))
        .mapToInt(TensorTable.Entry::length)
        .sum();
  }

  @Test
  void aBlockMovesByItsOwnLossAndTheNextOnesOnly() {
    List<float[]> plain = afterOneStep(-1);
    List<float[]> third = afterOneStep(2);
    assertThat(third.get(0)).containsExactly(plain.get(0));
    assertThat(third.get(1)).isNotEqualTo(plain.get(1));
    List<float[]> second = afterOneStep(1);
    assertThat(second.get(0)).isNotEqualTo(plain.get(0));
  }

  /**
   * Parameters of three blocks, of one of which the exit's were others before.
   *
   * @param changed index of that block; -1 for none
   */
  private static List<float[]> afterOneStep(int changed) {
    try (DecoupledNetwork network = threeBlocks()) {
      if (changed >= 0) {
        Block block = network.blocks().get(changed);
        float[] start = States.read(block, StateKind.PARAMETERS);
        start[start.length - 5] += 0.5f; // one of the exit's weights, before three biases
        block.adopt(StateKind.PARAMETERS, start);
      }
      network.step(SmallBlocks.batch(12, 1), k -> 0.1);
      return network.blocks().stream()
          .map(block -> States.read(block, StateKind.PARAMETERS))
          .toList();
    }
  }

  private static DecoupledNetwork threeBlocks() {
    return new DecoupledNetwork(
        TestDevice.torch(),
        new NetworkSpec(SmallBlocks.INPUT, 3, List.of(FIRST, FIRST, SECOND)),
        1);
  }

  @Test
  void aLossThatIsNotFiniteMakesTheBlockBeforeItSkipAsWell() {
    assertOutcomes(0, Outcome.NOT_FINITE, Outcome.SKIPPED, Outcome.SKIPPED);
    assertOutcomes(1, Outcome.SKIPPED, Outcome.NOT_FINITE, Outcome.SKIPPED);
    assertOutcomes(2, Outcome.TRAINED, Outcome.SKIPPED, Outcome.NOT_FINITE);
  }

  private static void assertOutcomes(int bad, Outcome... expected) {
    try (DecoupledNetwork network = threeBlocks()) {
      assertThat(outcomes(network, SmallBlocks.batch(12, 1))).containsOnly(Outcome.TRAINED);
      Block block = network.blocks().get(bad);
      float[] healthy = States.read(block, StateKind.PARAMETERS);
      float[] spoilt = healthy.clone();
      spoilt[spoilt.length - 1] = Float.NaN; // of the exit: the output stays a number
      block.adopt(StateKind.PARAMETERS, spoilt);
      assertStatesKept(network, SmallBlocks.batch(12, 2), expected);
      block.adopt(StateKind.PARAMETERS, healthy);
      assertThat(outcomes(network, SmallBlocks.batch(12, 3))).containsOnly(Outcome.TRAINED);
    }
  }

  private static void assertStatesKept(DecoupledNetwork network, Batch batch, Outcome... expected) {
    List<Map<StateKind, float[]>> before = network.blocks().stream().map(States::all).toList();
    assertThat(outcomes(network, batch)).containsExactly(expected);
    for (int k = 0; k < expected.length; k++) {
      Map<StateKind, float[]> after = States.all(network.blocks().get(k));
      if (expected[k] == Outcome.TRAINED) {
        assertThat(after.get(StateKind.PARAMETERS))
            .isNotEqualTo(before.get(k).get(StateKind.PARAMETERS));
      } else {
        States.assertEqual(after, before.get(k));
      }
    }
  }

  /** All losses are finite, but not what the first block would make of them. */
  @Test
  void aGradientThatIsNotFiniteInTheEndMakesTheLaterBlocksSkip() {
    List<LayerSpec> dense = List.of(new LayerSpec.Dense(4, false));
    BlockSpec last = new BlockSpec(dense, SECOND.loss(), SECOND.exit(), DESCENT);
    NetworkSpec spec =
        new NetworkSpec(Shape.vector(4), 3, List.of(last.ofSpan(2), last.ofSpan(2), last));
    Batch batch = new Batch(Shape.vector(4), 6);
    for (int i = 0; i < batch.inputs().length; i++) {
      batch.inputs()[i] = 1e30f * (i % 5 - 2);
    }
    for (int row = 0; row < 6; row++) {
      batch.labels()[row] = row % 3;
    }
    batch.rows(6);
    try (DecoupledNetwork network = new DecoupledNetwork(TestDevice.torch(), spec, 1)) {
      Block first = network.blocks().get(0);
      float[] small = States.read(first, StateKind.PARAMETERS);
      for (int i = 0; i < 16; i++) {
        small[i] *= 1e-30f;
      }
      first.adopt(StateKind.PARAMETERS, small);
      assertStatesKept(network, batch, Outcome.NOT_FINITE, Outcome.SKIPPED, Outcome.SKIPPED);
    }
  }

  private static List<Outcome> outcomes(DecoupledNetwork network, Batch batch) {
    return network.step(batch, k -> 0.01).stream().map(StepResult::outcome).toList();
  }

  @Test
  void theResultOfAStepThatIsNotCompleteIsRefused() {
    try (Engine engine = TestDevice.torch();
        Block block = engine.block(FIRST, SmallBlocks.BORDER, 3, new SplittableRandom(7));
        Signal in = engine.signal(SmallBlocks.batch(12, 1))) {
      Step step = block.train(in, 0.1);
      try (Signal output = step.output()) {
        assertThat(output.rows()).isEqualTo(12);
        assertThatThrownBy(step::result)
            .hasMessage("Cannot read the result of a step that is not complete");
      }
    }
  }
}
