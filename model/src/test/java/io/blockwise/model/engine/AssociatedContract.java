package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.AlSpec;
import io.blockwise.model.spec.AlSpec.Bridge;
import io.blockwise.model.spec.AlSpec.Inverse;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.LossSpec.Activation;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What associated learning computes (methods 2b); a subclass per engine runs the whole suite. */
public abstract class AssociatedContract {
  private static final double IN_FLOAT = 1e-4;
  private static final double AT_A_TRACES_END = 2e-5;
  private static final ScheduleSpec CONSTANT = new ScheduleSpec.Constant();
  private static final OptimiserSpec ADAM =
      new OptimiserSpec.Adam(0.01, 0.9, 0.999, 1e-8, 0, 0, CONSTANT);
  private static final OptimiserSpec MOMENTUM = new OptimiserSpec.Sgd(0.5, 0.9, 0, 0, CONSTANT);
  private static final Predicate<String> FORWARD =
      name -> name.startsWith("layers.") || name.startsWith("bridge.");

  protected abstract Engine engine();

  /** The optimiser's momentum after a first step is the gradient. */
  @Test
  void theFirstBlockMatchesPyTorchInLossesAndGradients() {
    JsonNode golden = Golden.open("associated_first_block").json();
    Batch batch = batch(golden.get("s"), golden.get("y"));
    int width = batch.shape().channels();
    AlSpec loss =
        al(4, bridge(Features.POOLED, Activation.SIGMOID), Activation.SIGMOID, Activation.NONE);
    BlockSpec spec = block(List.of(new LayerSpec.Dense(width, false)), loss, MOMENTUM);
    Map<String, float[]> parameters = renamed(golden.get("params"));
    parameters.put("layers.0.weight", identity(width));
    Engine engine = engine();
    try (Block block = engine.block(spec, Border.of(batch.shape()), 3, new SplittableRandom(1));
        Signal in = engine.signal(batch)) {
      block.adopt(StateKind.PARAMETERS, States.vector(block.parameters(), parameters));
      StepResult result = SmallBlocks.train(block, in, 0.1);
      assertTerm(result, "associated", golden.get("associated").asDouble());
      assertTerm(result, "inverse", golden.get("inverse").asDouble());
      Map<String, float[]> gradients =
          States.tensors(block.parameters(), States.read(block, StateKind.OPTIMISER));
      Map<String, float[]> expected = renamed(golden.get("dparams"));
      expected.put("layers.0.weight", product(golden.get("ds"), golden.get("s"), width));
      expected.forEach(
          (name, gradient) -> report("d" + name, apart(gradient, gradients.get(name))));
    }
  }

  private static void assertTerm(StepResult result, String name, double expected) {
    assertThat(result.losses())
        .filteredOn(term -> term.name().equals(name))
        .singleElement()
        .satisfies(term -> report(name, Math.abs(term.value() - expected) / expected));
  }

  private static void report(String what, double error) {
    System.out.printf("golden associated_first_block %s: %.1e%n", what, error);
    assertThat(error).as(what).isLessThan(IN_FLOAT);
  }

  @Test
  void trainingFollowsPyTorchsTrace() {
    AlSpec loss = al(4, bridge(Features.POOLED, Activation.TANH), Activation.TANH, Activation.NONE);
    List<BlockSpec> specs = List.of(block(stage(4), loss, ADAM), block(stage(5), loss, ADAM));
    assertTrace(new GoldenTrace("trace_al", specs, List.of(rename(1), rename(2))));
  }

  @Test
  void trainingInTheAuthorsFormFollowsPyTorchsTrace() {
    assertTrace(
        new GoldenTrace("trace_al_authors", authors(), List.of(strip(1), strip(2), strip(3))));
  }

  /** Adam for each loss, that of the inverse one at twice the rate (Kao). */
  @Test
  void trainingAtTwoRatesFollowsPyTorchsTrace() {
    List<BlockSpec> specs =
        authors().stream().map(block -> block(block.layers(), atRate(block, 2), ADAM)).toList();
    assertTrace(new GoldenTrace("trace_al_rates", specs, List.of(strip(1), strip(2), strip(3))));
  }

  /** After a step from the same numbers. */
  @Test
  void theRateOfTheInverseLossMultipliesTheStepOfEncoderAndDecoderUnderEveryOptimiser() {
    for (OptimiserSpec optimiser :
        List.of(
            new OptimiserSpec.Adam(0.01, 0.9, 0.999, 1e-8, 1e-3, 0.05, CONSTANT),
            new OptimiserSpec.AdamW(0.01, 0.8, 0.99, 1e-4, 0.5, 0.3, CONSTANT),
            new OptimiserSpec.Lars(0.1, 0.9, 0.05, 0.1, 0, CONSTANT),
            MOMENTUM)) {
      BlockSpec plain = block(stage(4), authors().get(0).loss(), optimiser);
      BlockSpec slower = block(stage(4), atRate(plain, 0.25), optimiser);
      Map<String, float[]> whole = stepOf(plain);
      Map<String, float[]> quarter = stepOf(slower);
      whole.forEach(
          (name, step) -> {
            if (FORWARD.test(name)) {
              assertThat(quarter.get(name)).as(name).containsExactly(step);
            } else {
              assertThat(apart(times(step, 0.25f), quarter.get(name))).as(name).isLessThan(1e-4);
            }
          });
    }
  }

  private static LossSpec atRate(BlockSpec block, double rate) {
    AlSpec loss = (AlSpec) block.loss();
    return new AlSpec(
        loss.bridge(),
        loss.width(),
        loss.encoder(),
        loss.decoder(),
        loss.firstDecoder(),
        loss.inverse(),
        rate);
  }

  /** What the second of two steps adds to every tensor; the first one fills the optimiser. */
  private Map<String, float[]> stepOf(BlockSpec spec) {
    Engine engine = engine();
    try (Block block = engine.block(spec, SmallBlocks.BORDER, 3, new SplittableRandom(1));
        Signal in = engine.signal(SmallBlocks.batch(12, 1))) {
      float[] start = States.read(block, StateKind.PARAMETERS);
      SmallBlocks.train(block, in, 0.1);
      block.adopt(StateKind.PARAMETERS, start);
      SmallBlocks.train(block, in, 0.1);
      float[] step = States.read(block, StateKind.PARAMETERS);
      for (int i = 0; i < step.length; i++) {
        step[i] -= start[i];
      }
      return States.tensors(block.parameters(), step);
    }
  }

  private static float[] times(float[] values, float factor) {
    float[] product = values.clone();
    for (int i = 0; i < product.length; i++) {
      product[i] *= factor;
    }
    return product;
  }

  private void assertTrace(GoldenTrace trace) {
    GoldenTrace.Errors errors = trace.follow(engine());
    System.out.printf(
        "golden %s losses %.1e state %.1e%n", trace.name(), errors.losses(), errors.state());
    assertThat(errors.losses()).isLessThan(AT_A_TRACES_END);
    assertThat(errors.state()).isLessThan(AT_A_TRACES_END);
  }

  @Test
  void blocksAnswerThroughTheDecodersOfAllBlocksUpToThem() {
    JsonNode golden = Golden.open("trace_al_authors").json();
    try (DecoupledNetwork network = trained(golden)) {
      List<float[]> scores = network.scores(images(golden));
      for (int k = 0; k < 3; k++) {
        assertThat(Golden.error(scores.get(k), golden.get("answers").get(k))).isLessThan(1e-5);
      }
    }
  }

  @Test
  void theAnswerOfTheLastBlockNeedsNoEncoderAndNoBridgeOfAnotherBlock() {
    JsonNode golden = Golden.open("trace_al_authors").json();
    try (DecoupledNetwork network = trained(golden)) {
      List<float[]> scores = network.scores(images(golden));
      for (int k = 0; k < 3; k++) {
        boolean last = k == 2;
        change(
            network.blocks().get(k),
            name -> name.startsWith("encoder.") || !last && name.startsWith("bridge."));
      }
      List<float[]> without = network.scores(images(golden));
      assertThat(without.get(2)).containsExactly(scores.get(2));
      assertThat(without.get(0)).isNotEqualTo(scores.get(0));
    }
  }

  /** Whatever the decoder is: the associated loss alone trains layers and bridge. */
  @Test
  void layersAndBridgeLearnFromTheAssociatedLossAlone() {
    assertThat(learned(FORWARD, name -> name.startsWith("decoder."), 1))
        .isEqualTo(learned(FORWARD, name -> false, 1));
    assertThat(learned(FORWARD, name -> name.startsWith("encoder."), 1))
        .as("the target is seen")
        .isNotEqualTo(learned(FORWARD, name -> false, 1));
  }

  /** Whatever the images and the bridge are: the inverse loss alone trains encoder and decoder. */
  @Test
  void encoderAndDecoderLearnFromTheInverseLossAlone() {
    Predicate<String> backward = FORWARD.negate();
    assertThat(learned(backward, name -> name.startsWith("bridge."), 2))
        .isEqualTo(learned(backward, name -> false, 1));
    assertThat(learned(backward, name -> name.startsWith("decoder."), 1))
        .isNotEqualTo(learned(backward, name -> false, 1));
  }

  /** What a step takes away from some tensors of a second block after others were changed. */
  private Map<String, List<Float>> learned(
      Predicate<String> tensors, Predicate<String> changed, int images) {
    Engine engine = engine();
    Block first = engine.block(authors().get(0), SmallBlocks.BORDER, 3, new SplittableRandom(1));
    Border border = first.spec().output(SmallBlocks.BORDER, 3);
    Block second = engine.block(authors().get(1), border, 3, new SplittableRandom(2));
    try (first;
        second;
        Signal in = engine.signal(SmallBlocks.batch(12, images));
        Signal between = first.train(in, 0.1).output()) {
      change(second, changed);
      second.train(between, 0.1).output().close();
      Map<String, List<Float>> learned = new HashMap<>();
      States.tensors(second.parameters(), States.read(second, StateKind.OPTIMISER))
          .forEach((name, gradient) -> learned.put(name, LayerProbe.list(gradient)));
      learned.keySet().removeIf(tensors.negate());
      return learned;
    }
  }

  @Test
  void gradientsMatchDifferencesOfTheTermThatTrainsTheTensor() {
    for (BlockSpec block : CheckedBlocks.associated()) {
      GradientCheck.run(engine(), block);
      GradientCheck.runBehind(engine(), block, block);
    }
  }

  @Test
  void selectedRowsKeepTheirTargets() {
    Engine engine = engine();
    Block first = engine.block(authors().get(0), SmallBlocks.BORDER, 3, new SplittableRandom(1));
    Border border = first.spec().output(SmallBlocks.BORDER, 3);
    Block second = engine.block(authors().get(1), border, 3, new SplittableRandom(2));
    Block twin = engine.block(authors().get(1), border, 3, new SplittableRandom(2));
    int[] backwards = {11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0};
    try (first;
        second;
        twin;
        Signal in = engine.signal(SmallBlocks.batch(12, 1));
        Signal between = first.train(in, 0.1).output();
        Signal selected = between.select(backwards)) {
      StepResult whole = SmallBlocks.train(second, between, 0.1);
      StepResult turned = SmallBlocks.train(twin, selected, 0.1);
      assertThat(turned.loss()).isCloseTo(whole.loss(), within(1e-6));
      assertThat(turned.correct()).isEqualTo(whole.correct());
    }
  }

  @Test
  void aSingleRowAndABatchOfOneClassTrain() {
    for (int rows : new int[] {1, 4}) {
      Batch batch = SmallBlocks.batch(rows, 1);
      Arrays.fill(batch.labels(), 2);
      NetworkSpec spec = new NetworkSpec(SmallBlocks.INPUT, 3, authors());
      try (DecoupledNetwork network = new DecoupledNetwork(engine(), spec, 1)) {
        for (int step = 0; step < 2; step++) {
          assertThat(network.step(batch, k -> 0.01)).allMatch(StepResult::trained);
        }
        assertThat(network.step(batch, k -> 0.01).get(2).correct()).isEqualTo(rows);
      }
    }
  }

  private DecoupledNetwork trained(JsonNode golden) {
    NetworkSpec spec = new NetworkSpec(SmallBlocks.INPUT, 3, authors());
    DecoupledNetwork network = new DecoupledNetwork(engine(), spec, 1);
    for (int k = 0; k < 3; k++) {
      Block block = network.blocks().get(k);
      Function<String, String> strip = strip(k + 1);
      Map<String, float[]> tensors = new HashMap<>();
      golden
          .get("final")
          .fields()
          .forEachRemaining(
              field -> tensors.put(strip.apply(field.getKey()), Golden.floats(field.getValue())));
      block.adopt(StateKind.PARAMETERS, States.vector(block.parameters(), tensors));
      block.adopt(StateKind.STATISTICS, States.vector(block.statistics(), tensors));
    }
    return network;
  }

  private static Batch images(JsonNode golden) {
    JsonNode json = golden.get("batches").get(0);
    int[] labels = Golden.ints(json.get("y"));
    Batch batch = new Batch(SmallBlocks.INPUT, labels.length);
    float[] x = Golden.floats(json.get("x"));
    System.arraycopy(x, 0, batch.inputs(), 0, x.length);
    batch.rows(labels.length);
    return batch;
  }

  /** Changes the values of some of a block's tensors. */
  private static void change(Block block, Predicate<String> tensors) {
    float[] parameters = States.read(block, StateKind.PARAMETERS);
    for (TensorTable.Entry entry : block.parameters().entries()) {
      for (int i = 0; tensors.test(entry.name()) && i < entry.length(); i++) {
        parameters[entry.offset() + i] = 0.3f - 0.7f * parameters[entry.offset() + i];
      }
    }
    block.adopt(StateKind.PARAMETERS, parameters);
  }

  static Batch batch(JsonNode rows, JsonNode labels) {
    int[] y = Golden.ints(labels);
    Batch batch = new Batch(Shape.vector(rows.get("shape").get(1).asInt()), y.length);
    float[] x = Golden.floats(rows);
    System.arraycopy(x, 0, batch.inputs(), 0, x.length);
    System.arraycopy(y, 0, batch.labels(), 0, y.length);
    batch.rows(y.length);
    return batch;
  }

  static float[] identity(int width) {
    float[] identity = new float[width * width];
    for (int i = 0; i < width; i++) {
      identity[i * (width + 1)] = 1;
    }
    return identity;
  }

  /** The gradient of a linear layer's weight: that of its output, transposed, times its input. */
  static float[] product(JsonNode gradient, JsonNode input, int width) {
    float[] dy = Golden.floats(gradient);
    float[] x = Golden.floats(input);
    float[] product = new float[width * width];
    for (int i = 0; i < dy.length; i++) {
      for (int j = 0; j < width; j++) {
        product[i % width * width + j] += dy[i] * x[i / width * width + j];
      }
    }
    return product;
  }

  static double apart(float[] reference, float[] found) {
    assertThat(found).hasSameSizeAs(reference);
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      difference = Math.max(difference, Math.abs(found[i] - reference[i]));
      largest = Math.max(largest, Math.abs(reference[i]));
    }
    return difference / largest;
  }

  private static Map<String, float[]> renamed(JsonNode tensors) {
    Map<String, float[]> renamed = new HashMap<>();
    tensors
        .fields()
        .forEachRemaining(
            field -> renamed.put(part(field.getKey()), Golden.floats(field.getValue())));
    return renamed;
  }

  private static String part(String name) {
    return name.replaceFirst("^b\\.", "bridge.0.")
        .replaceFirst("^g\\.", "encoder.0.")
        .replaceFirst("^h\\.", "decoder.0.")
        .replaceFirst("^conv\\.", "layers.0.")
        .replaceFirst("^bn\\.", "layers.1.");
  }

  /** The block's own names of another trace; the names of other blocks stay apart. */
  private static Function<String, String> rename(int block) {
    Function<String, String> strip = strip(block);
    return name -> name.startsWith("block-" + block + ".") ? part(strip.apply(name)) : name;
  }

  private static Function<String, String> strip(int block) {
    return name -> name.replaceFirst("^block-" + block + "\\.", "");
  }

  private static List<BlockSpec> authors() {
    int[] filters = {4, 5, 6};
    int[] widths = {6, 4, 5};
    List<BlockSpec> blocks = new ArrayList<>();
    for (int k = 0; k < 3; k++) {
      AlSpec loss =
          new AlSpec(
              new Bridge(Features.FLAT, List.of(7), Activation.SIGMOID),
              widths[k],
              Activation.SIGMOID,
              Activation.SIGMOID,
              Activation.SIGMOID,
              Inverse.MSE);
      blocks.add(block(stage(filters[k]), loss, MOMENTUM));
    }
    return blocks;
  }

  private static Bridge bridge(Features features, Activation activation) {
    return new Bridge(features, List.of(), activation);
  }

  private static AlSpec al(int width, Bridge bridge, Activation all, Activation first) {
    return new AlSpec(bridge, width, all, all, first, Inverse.CROSS_ENTROPY);
  }

  private static List<LayerSpec> stage(int filters) {
    return List.of(
        new LayerSpec.Convolution(filters, 3, 1, 1, false),
        new LayerSpec.BatchNorm(),
        new LayerSpec.Relu(),
        new LayerSpec.MaxPool(2, 2));
  }

  private static BlockSpec block(List<LayerSpec> layers, LossSpec loss, OptimiserSpec optimiser) {
    return new BlockSpec(layers, loss, new ExitSpec(Features.POOLED), optimiser);
  }
}
