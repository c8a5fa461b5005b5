package io.blockwise.model.engine;

import static io.blockwise.model.engine.Golden.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.base.Names;
import io.blockwise.model.engine.StepResult.Outcome;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.LossSpec.Divisor;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * What every engine must compute: PyTorch's numbers. A subclass per engine runs the whole suite.
 * Errors are the largest difference over the largest reference value.
 */
public abstract class EngineContract {
  private static final double IN_FLOAT = 1e-4;

  /** Four to forty times what is measured on CPUs and on a GPU. */
  private static final double AT_A_TRACES_END = 2e-5;

  protected abstract Engine engine();

  protected abstract LayerProbe probe();

  @Test
  void contrastiveLossMatchesPyTorchWithKhoslasDivisor() {
    assertLoss("scpl_divisor_khosla", contrastive(Divisor.KHOSLA));
  }

  @Test
  void contrastiveLossMatchesPyTorchWithTheAuthorsDivisor() {
    assertLoss("scpl_divisor_with_self", contrastive(Divisor.AUTHORS));
  }

  @Test
  void crossEntropyMatchesPyTorch() {
    assertLoss("cross_entropy", new LossSpec.CrossEntropy());
  }

  @Test
  void similarityMatchingMatchesPyTorch() {
    assertLoss("similarity", similarity(1));
  }

  /** The share of the similarity is 0.540669, and an exit of zeros is wrong by ln 3. */
  @Test
  void similarityAndPredictionMatchTheValueWorkedOutByHand() {
    float[] rows = {1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 2};
    Batch batch = new Batch(Shape.vector(3), 6);
    System.arraycopy(rows, 0, batch.inputs(), 0, rows.length);
    System.arraycopy(new int[] {0, 0, 1, 1, 2, 0}, 0, batch.labels(), 0, 6);
    batch.rows(6);
    Engine engine = engine();
    BlockSpec spec = LayerProbe.block(similarity(0.99));
    try (Block block = engine.block(spec, Border.of(batch.shape()), 3, random());
        Signal in = engine.signal(batch)) {
      StepResult result = SmallBlocks.train(block, in, 0);
      assertThat(result.losses())
          .extracting(LossTerm::name)
          .containsExactly("similarity", "prediction");
      assertThat(result.losses().get(1).value())
          .isCloseTo(0.01 * Math.log(3), org.assertj.core.api.Assertions.within(1e-6));
      assertThat(result.loss()).isCloseTo(0.546249, org.assertj.core.api.Assertions.within(1e-5));
    }
  }

  @Test
  void gradientsOfSimilarityMatchingMatchDifferencesOfTheLoss() {
    for (BlockSpec spec : GradientCheck.similarityBlocks()) {
      GradientCheck.run(engine(), spec);
    }
  }

  @Test
  void similarityMatchingLearnsAndHandsItsStateOn() {
    Engine engine = engine();
    for (HeadSpec.Kind kind : HeadSpec.Kind.values()) {
      HeadSpec head = new HeadSpec(kind, Features.POOLED, 6, 6);
      BlockSpec spec = block(stage(5), new LossSpec.PredSim(0.9, head));
      Block block = engine.block(spec, SmallBlocks.BORDER, 3, random());
      Block copy = engine.block(spec, SmallBlocks.BORDER, 3, new SplittableRandom(99));
      try (block;
          copy;
          Signal in = engine.signal(SmallBlocks.batch(12, 1))) {
        double first = trainedLoss(block, in);
        for (StateKind state : StateKind.values()) {
          copy.adopt(state, States.read(block, state));
        }
        assertThat(trainedLoss(copy, in)).isEqualTo(trainedLoss(block, in)).isLessThan(first);
      }
    }
  }

  @Test
  void ofTheSimilarityAloneTheExitIsAProbeThatTrainsNothingElse() {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.MLP, Features.POOLED, 6, 6);
    BlockSpec spec = block(stage(5), new LossSpec.PredSim(1, head));
    Map<String, float[]> fromZero = afterTwoSteps(spec, 0);
    Map<String, float[]> fromElsewhere = afterTwoSteps(spec, 0.5f);
    assertThat(fromZero.get("exit.weight")).isNotEqualTo(new float[15]);
    for (String tensor : fromZero.keySet()) {
      if (!tensor.startsWith("exit.")) {
        assertThat(fromElsewhere.get(tensor)).as(tensor).containsExactly(fromZero.get(tensor));
      }
    }
  }

  /** Parameters of a block whose exit starts somewhere. */
  private Map<String, float[]> afterTwoSteps(BlockSpec spec, float exit) {
    Engine engine = engine();
    try (Block block = engine.block(spec, SmallBlocks.BORDER, 3, random());
        Signal in = engine.signal(SmallBlocks.batch(12, 1))) {
      float[] start = States.read(block, StateKind.PARAMETERS);
      TensorTable table = block.parameters();
      Arrays.fill(start, table.length() - table.length("exit"), table.length(), exit);
      block.adopt(StateKind.PARAMETERS, start);
      SmallBlocks.train(block, in, 0.01);
      SmallBlocks.train(block, in, 0.01);
      return States.tensors(table, States.read(block, StateKind.PARAMETERS));
    }
  }

  /** The slope of a standard deviation is infinite at 0. */
  @Test
  void similarityOfAMapThatDoesNotVaryIsFinite() {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.CONVOLUTION, Features.POOLED, 1, 1);
    BlockSpec spec = block(List.of(new LayerSpec.Relu()), new LossSpec.PredSim(0.9, head));
    Batch batch = new Batch(Shape.map(6, 4, 4), 5);
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < batch.inputs().length; i++) {
      batch.inputs()[i] = i < batch.shape().elements() ? -1 : (float) random.nextDouble(-1, 1);
    }
    batch.rows(5);
    Engine engine = engine();
    try (Block block = engine.block(spec, Border.of(batch.shape()), 3, random());
        Signal in = engine.signal(batch);
        Signal output = block.train(in, 1e-3).output()) {
      assertThat(output.rows()).isEqualTo(5);
      StepResult second = SmallBlocks.train(block, in, 1e-3);
      assertThat(second.trained()).isTrue();
    }
  }

  private static LossSpec similarity(double beta) {
    return new LossSpec.PredSim(beta, new HeadSpec(HeadSpec.Kind.IDENTITY, Features.POOLED, 1, 1));
  }

  @Test
  void contrastiveLossMatchesTheValuesWorkedOutByHand() {
    float[] z = {1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 2};
    int[] labels = {0, 0, 1, 1, 2, 0};
    assertThat(probe().loss(contrastive(Divisor.AUTHORS), 3, z, labels).loss())
        .isCloseTo(1.171181, org.assertj.core.api.Assertions.within(1e-5));
    assertThat(probe().loss(contrastive(Divisor.KHOSLA), 3, z, labels).loss())
        .isCloseTo(2.190640, org.assertj.core.api.Assertions.within(1e-5));
  }

  private void assertLoss(String name, LossSpec loss) {
    Golden golden = Golden.open(name);
    int width = golden.json().get("z").get("shape").get(1).asInt();
    LayerProbe.LossRun run =
        probe().loss(loss, width, golden.floats("z"), Golden.ints(golden.json().get("y")));
    double expected = golden.json().get("loss").asDouble();
    report(name + " loss", Math.abs(run.loss() - expected) / Math.abs(expected), IN_FLOAT);
    report(
        name + " gradient",
        error(LayerProbe.array(run.gradient()), golden.json().get("dz")),
        IN_FLOAT);
  }

  @Test
  void gradientsOfActivationsMatchDifferencesOfTheLoss() {
    for (BlockSpec spec : GradientCheck.activationBlocks()) {
      GradientCheck.run(engine(), spec);
    }
  }

  /** The values are PyTorch's in double precision, of src/test/python/activations.py. */
  @Test
  void activationsMatchPyTorchForwardAndBackward() {
    JsonNode golden = Golden.open("activations").json();
    float[] x = Golden.floats(golden.get("x"));
    for (LayerSpec activation : GradientCheck.activations()) {
      JsonNode expected = golden.get(Names.of(activation.getClass()));
      LayerProbe.LayerRun run =
          probe()
              .layers(
                  List.of(activation),
                  Shape.map(2, 2, 3),
                  x,
                  Golden.floats(golden.get("dout")),
                  Map.of());
      report(activation + " out", error(LayerProbe.array(run.out()), expected.get("out")), 1e-6);
      report(activation + " dx", error(LayerProbe.array(run.dx()), expected.get("dx")), 1e-6);
    }
  }

  @Test
  void gradientsOfResidualLayersMatchDifferencesOfTheLoss() {
    for (BlockSpec spec : GradientCheck.residualBlocks()) {
      GradientCheck.run(engine(), spec);
    }
  }

  @Test
  void vggStageMatchesPyTorchForwardBackwardAndInItsStatistics() {
    List<LayerSpec> layers =
        List.of(
            convolution(4),
            new LayerSpec.BatchNorm(),
            new LayerSpec.Relu(),
            convolution(5),
            new LayerSpec.BatchNorm(),
            new LayerSpec.Relu(),
            new LayerSpec.MaxPool(2, 2));
    assertLayers("vgg_stage_train", layers, name -> "layers." + name);
  }

  @Test
  void residualUnitMatchesPyTorchForwardBackwardAndInItsStatistics() {
    LayerSpec unit =
        new LayerSpec.Residual(
            List.of(
                new LayerSpec.Convolution(4, 3, 2, 1, false),
                new LayerSpec.BatchNorm(),
                new LayerSpec.Relu(),
                convolution(4),
                new LayerSpec.BatchNorm()),
            List.of(new LayerSpec.Convolution(4, 1, 2, 0, false), new LayerSpec.BatchNorm()));
    Map<String, String> parts =
        Map.of(
            "conv1",
            "body.0",
            "bn1",
            "body.1",
            "conv2",
            "body.3",
            "bn2",
            "body.4",
            "short",
            "shortcut.0",
            "bns",
            "shortcut.1");
    assertLayers(
        "resnet_basic_stride2_train",
        List.of(unit, new LayerSpec.Relu()),
        name -> {
          int dot = name.indexOf('.');
          return "layers.0." + parts.get(name.substring(0, dot)) + name.substring(dot);
        });
  }

  /**
   * Compares output, gradients and running statistics of layers with a golden file.
   *
   * @param names what a tensor of the file is called here
   */
  private void assertLayers(String file, List<LayerSpec> layers, Function<String, String> names) {
    JsonNode json = Golden.open(file).json();
    Map<String, float[]> parameters = new HashMap<>();
    json.get("params")
        .fields()
        .forEachRemaining(
            p -> parameters.put(names.apply(p.getKey()), Golden.floats(p.getValue())));
    LayerProbe.LayerRun run =
        probe()
            .layers(
                layers,
                Shape.map(3, 8, 8),
                Golden.floats(json.get("x")),
                Golden.floats(json.get("dout")),
                parameters);
    report(file + " out", error(LayerProbe.array(run.out()), json.get("out")), IN_FLOAT);
    report(file + " dx", error(LayerProbe.array(run.dx()), json.get("dx")), IN_FLOAT);
    assertTensors(file + " d", run.gradients(), json.get("dparams"), names);
    assertTensors(file + " ", run.statistics(), json.get("buffers"), names);
  }

  private static void assertTensors(
      String what, Map<String, float[]> found, JsonNode golden, Function<String, String> names) {
    assertThat(found).hasSize(golden.size());
    golden
        .fields()
        .forEachRemaining(
            tensor ->
                report(
                    what + tensor.getKey(),
                    error(found.get(names.apply(tensor.getKey())), tensor.getValue()),
                    IN_FLOAT));
  }

  @Test
  void adaptiveAveragePoolingMatchesPyTorchWhetherWindowsOverlapOrNot() {
    for (JsonNode pooling : Golden.open("adaptive_average_pool").json().get("cases")) {
      JsonNode sizes = pooling.get("x").get("shape");
      Shape input = Shape.map(sizes.get(1).asInt(), sizes.get(2).asInt(), sizes.get(3).asInt());
      LayerProbe.LayerRun run =
          probe()
              .layers(
                  List.of(new LayerSpec.AdaptiveAveragePool(pooling.get("side").asInt())),
                  input,
                  Golden.floats(pooling.get("x")),
                  Golden.floats(pooling.get("dout")),
                  Map.of());
      String what = "adaptive pool of " + input;
      report(what + " out", error(LayerProbe.array(run.out()), pooling.get("out")), IN_FLOAT);
      report(what + " dx", error(LayerProbe.array(run.dx()), pooling.get("dx")), IN_FLOAT);
    }
  }

  @Test
  void localCrossEntropyFollowsPyTorchsTrace() {
    assertTrace("trace_pred", new LossSpec.CrossEntropy());
  }

  @Test
  void contrastiveTrainingFollowsPyTorchsTrace() {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.MLP, Features.POOLED, 6, 6);
    assertTrace("trace_scpl", new LossSpec.Scpl(0.1, Divisor.KHOSLA, head));
  }

  @Test
  void exitsWithLayersOfTheirOwnFollowPyTorchsTrace() {
    ExitSpec convolutional = ExitSpec.of(ExitSpec.Kind.SMALL_CONV, Features.GRID, List.of(7));
    ExitSpec deep = ExitSpec.of(ExitSpec.Kind.MLP_BN, Features.GRID, List.of(6, 5));
    runTrace(
        "trace_exits",
        List.of(crossEntropy(4, convolutional), crossEntropy(5, deep)),
        List.of(name -> name.replace("block-1.", ""), name -> name.replace("block-2.", "")));
  }

  @Test
  void trainingOnSmoothedLabelsFollowsPyTorchsTrace() {
    ExitSpec convolutional = ExitSpec.of(ExitSpec.Kind.SMALL_CONV, Features.GRID, List.of(7));
    ExitSpec deep = ExitSpec.of(ExitSpec.Kind.MLP_BN, Features.GRID, List.of(6, 5));
    runTrace(
        "trace_label_smoothing",
        List.of(
            crossEntropy(4, convolutional.smoothing(0.2)), crossEntropy(5, deep.smoothing(0.2))),
        List.of(name -> name.replace("block-1.", ""), name -> name.replace("block-2.", "")));
  }

  private static BlockSpec crossEntropy(int filters, ExitSpec exit) {
    BlockSpec plain = block(stage(filters), new LossSpec.CrossEntropy());
    OptimiserSpec descent = new OptimiserSpec.Sgd(0.1, 0, 0, 0, new ScheduleSpec.Constant());
    return new BlockSpec(plain.layers(), plain.loss(), exit, descent);
  }

  private void assertTrace(String name, LossSpec loss) {
    runTrace(name, twoBlocks(loss), renames(2));
  }

  private static List<BlockSpec> twoBlocks(LossSpec loss) {
    return List.of(block(stage(4), loss), block(stage(5), loss));
  }

  private static List<Function<String, String>> renames(int blocks) {
    List<Function<String, String>> renames = new ArrayList<>();
    for (int k = 1; k <= blocks; k++) {
      String prefix = "block-" + k + ".";
      renames.add(
          tensor ->
              tensor
                  .replace(prefix + "conv", "layers.0")
                  .replace(prefix + "bn", "layers.1")
                  .replace(prefix + "head", "head")
                  .replace(prefix + "exit", "exit"));
    }
    return renames;
  }

  @Test
  void backpropagationFollowsPyTorchsTrace() {
    List<LayerSpec> layers = new ArrayList<>(stage(4));
    layers.addAll(stage(5));
    List<BlockSpec> specs = List.of(block(layers, new LossSpec.CrossEntropy()));
    Function<String, String> rename =
        name ->
            name.replace("block-1.conv", "layers.0")
                .replace("block-1.bn", "layers.1")
                .replace("block-2.conv", "layers.4")
                .replace("block-2.bn", "layers.5")
                .replace("block-2.exit", "exit");
    runTrace("trace_bp", specs, List.of(rename));
  }

  private void runTrace(
      String name, List<BlockSpec> specs, List<Function<String, String>> renames) {
    GoldenTrace trace = new GoldenTrace(name, specs, renames);
    GoldenTrace.Errors errors = trace.follow(engine());
    report(name + " losses", errors.losses(), AT_A_TRACES_END);
    report(name + " final state", errors.state(), AT_A_TRACES_END);
  }

  /** The tolerance is a test only if a wrong number does not pass it. */
  @Test
  void aTraceFromImagesWithOnePixelThatIsWrongByAHundredthIsSeen() {
    List<BlockSpec> specs = twoBlocks(new LossSpec.CrossEntropy());
    GoldenTrace.Errors errors =
        new GoldenTrace("trace_pred", specs, renames(specs.size()))
            .follow(engine(), images -> images[17] += 0.01f);
    assertThat(errors.losses()).isGreaterThan(2 * AT_A_TRACES_END);
    assertThat(errors.state()).isGreaterThan(2 * AT_A_TRACES_END);
  }

  @Test
  void gradientsOfEveryLayerHeadAndLossMatchDifferencesOfTheLoss() {
    for (BlockSpec spec : GradientCheck.blocks()) {
      GradientCheck.run(engine(), spec);
    }
  }

  /** Against numbers worked out here: momentum 0.1 and the unbiased variance. */
  @Test
  void runningStatisticsOfAHeadAreTheBlocks() {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.MLP_BN, Features.FLAT, 4, 3);
    BlockSpec spec =
        block(List.of(new LayerSpec.Flatten()), new LossSpec.Scpl(0.5, Divisor.KHOSLA, head));
    Batch batch = SmallBlocks.batch(12, 1);
    Engine engine = engine();
    try (Block block = engine.block(spec, SmallBlocks.BORDER, 3, random());
        Signal in = engine.signal(batch)) {
      assertThat(block.statistics().entries())
          .extracting(TensorTable.Entry::name)
          .containsExactly("head.1.running_mean", "head.1.running_var");
      float[] expected = statisticsOfHead(block, batch);
      block.train(in, 0.1).output().close();
      assertThat(States.read(block, StateKind.STATISTICS))
          .containsExactly(expected, org.assertj.core.data.Offset.offset(1e-5f));
      batch.inputs()[5] = Float.NaN;
      try (Signal bad = engine.signal(batch)) {
        block.train(bad, 0.1).output().close();
      }
      assertThat(States.read(block, StateKind.STATISTICS))
          .containsExactly(expected, org.assertj.core.data.Offset.offset(1e-5f));
    }
  }

  private static float[] statisticsOfHead(Block block, Batch batch) {
    Map<String, float[]> parameters =
        States.tensors(block.parameters(), States.read(block, StateKind.PARAMETERS));
    float[] weight = parameters.get("head.0.weight");
    int inputs = batch.shape().elements();
    float[] expected = new float[8];
    for (int unit = 0; unit < 4; unit++) {
      double sum = 0;
      double squares = 0;
      for (int row = 0; row < batch.rows(); row++) {
        double value = parameters.get("head.0.bias")[unit];
        for (int i = 0; i < inputs; i++) {
          value += (double) weight[unit * inputs + i] * batch.inputs()[row * inputs + i];
        }
        sum += value;
        squares += value * value;
      }
      double variance = (squares - sum * sum / batch.rows()) / (batch.rows() - 1);
      expected[unit] = (float) (0.1 * sum / batch.rows());
      expected[4 + unit] = (float) (0.9 + 0.1 * variance);
    }
    return expected;
  }

  @Test
  void blocksOfOddWidthsTrainAndHandTheirStateOn() {
    for (List<LayerSpec> layers : SmallBlocks.oddLayers()) {
      Engine engine = engine();
      BlockSpec spec = SmallBlocks.clipped(layers);
      Block block = engine.block(spec, SmallBlocks.BORDER, 3, random());
      Block copy = engine.block(spec, SmallBlocks.BORDER, 3, new SplittableRandom(99));
      try (block;
          copy;
          Signal in = engine.signal(SmallBlocks.batch(12, 1))) {
        double first = trainedLoss(block, in);
        States.all(block).forEach(copy::adopt);
        double next = trainedLoss(block, in);
        assertThat(trainedLoss(copy, in)).isEqualTo(next).isLessThan(first);
        States.assertEqual(States.all(copy), States.all(block));
      }
    }
  }

  private static double trainedLoss(Block block, Signal in) {
    StepResult result = SmallBlocks.train(block, in, 0.01);
    assertThat(result.trained()).isTrue();
    return result.loss();
  }

  @Test
  void contrastOfASingleRowIsNothing() {
    for (Divisor divisor : Divisor.values()) {
      LayerProbe.LossRun run =
          probe().loss(contrastive(divisor), 3, new float[] {1, 2, 3}, new int[1]);
      assertThat(run.loss()).isZero();
      assertThat(LayerProbe.array(run.gradient())).containsExactly(0, 0, 0);
    }
    Engine engine = engine();
    try (Block block = engine.block(SmallBlocks.contrastive(4), SmallBlocks.BORDER, 3, random());
        Signal in = engine.signal(SmallBlocks.batch(1, 1))) {
      StepResult result = SmallBlocks.train(block, in, 0.01);
      assertThat(result.trained()).isTrue();
      assertThat(result.losses().get(0)).isEqualTo(new LossTerm("contrastive", 0));
    }
  }

  @Test
  void contrastDependsNeitherOnTheOrderOfRowsNorOnTheLengthOfEmbeddings() {
    Golden golden = Golden.open("scpl_divisor_khosla");
    float[] z = golden.floats("z");
    int[] labels = Golden.ints(golden.json().get("y"));
    int width = z.length / labels.length;
    for (Divisor divisor : Divisor.values()) {
      LayerProbe.LossRun given = probe().loss(contrastive(divisor), width, z, labels);
      int[] turned = labels.clone();
      for (int row = 0; row < labels.length; row++) {
        turned[row] = labels[labels.length - 1 - row];
      }
      LayerProbe.LossRun backwards =
          probe().loss(contrastive(divisor), width, backwards(z, width), turned);
      assertThat(backwards.loss()).isCloseTo(given.loss(), within(1e-6 * given.loss()));
      float[] gradient = LayerProbe.array(given.gradient());
      float[] back = backwards(LayerProbe.array(backwards.gradient()), width);
      assertThat(AssociatedContract.apart(gradient, back)).isLessThan(1e-5);
      float[] longer = z.clone();
      for (int i = 0; i < longer.length; i++) {
        longer[i] *= 7;
      }
      LayerProbe.LossRun scaled = probe().loss(contrastive(divisor), width, longer, labels);
      assertThat(scaled.loss()).isCloseTo(given.loss(), within(1e-6 * given.loss()));
    }
  }

  private static float[] backwards(float[] rows, int width) {
    float[] backwards = new float[rows.length];
    for (int i = 0; i < rows.length; i += width) {
      System.arraycopy(rows, i, backwards, rows.length - i - width, width);
    }
    return backwards;
  }

  /** Embeddings nearly at right angles, as those of a network that has learned nothing. */
  @Test
  void contrastBeginsAtTheLogarithmOfTheOtherRows() {
    int rows = 128;
    float[] z = new float[rows * 4096];
    SplittableRandom random = random();
    for (int i = 0; i < z.length; i++) {
      z[i] = (float) random.nextGaussian();
    }
    int[] labels = new int[rows];
    Arrays.setAll(labels, row -> row % 2);
    assertThat(probe().loss(contrastive(Divisor.KHOSLA), 4096, z, labels).loss())
        .isCloseTo(Math.log(127), within(0.05));
    assertThat(probe().loss(contrastive(Divisor.AUTHORS), 4096, z, labels).loss())
        .isCloseTo(Math.log(127) * 63 / 64, within(0.05));
  }

  /** With equal views at right angles to the others an anchor's loss is ln(e^10 + 4) - 10. */
  @Test
  void everyRowOfTwoViewsHasAnotherOfItsClass() {
    float[] views = {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    int[] labels = {0, 1, 2, 0, 1, 2};
    LossSpec khosla = contrastive(Divisor.KHOSLA);
    assertThat(probe().loss(khosla, 3, views, labels).loss())
        .isCloseTo(Math.log1p(4 * Math.exp(-10)), within(1e-6));
    assertThat(probe().loss(khosla, 3, Arrays.copyOf(views, 9), Arrays.copyOf(labels, 3)).loss())
        .isZero();
  }

  @Test
  void aBatchOfTwoViewsTrainsOnTheRowsOfBoth() {
    Batch batch = new Batch(Map.of("input", new FloatField(SmallBlocks.INPUT, 6)), 6, 2);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < batch.inputs().length; i++) {
      batch.inputs()[i] = (float) random.nextDouble(-1, 1);
    }
    System.arraycopy(new int[] {0, 1, 2, 0, 1, 2}, 0, batch.labels(), 0, 6);
    batch.examples(3);
    Engine engine = engine();
    try (Block block = engine.block(SmallBlocks.contrastive(4), SmallBlocks.BORDER, 3, random());
        Signal in = engine.signal(batch)) {
      assertThat(in.rows()).isEqualTo(6);
      StepResult result = SmallBlocks.train(block, in, 0.01);
      assertThat(result.trained()).isTrue();
      assertThat(result.losses().get(0).value()).isPositive();
      assertThat(result.correct()).isBetween(0, 6);
    }
  }

  /** A batch norm of a single value has no variance to keep. */
  @Test
  void aSingleRowIsATrainedStepAlsoBehindBatchNormsOfVectors() {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.MLP_BN, Features.GRID, 6, 6);
    ExitSpec exit = ExitSpec.of(ExitSpec.Kind.MLP_BN, Features.GRID, List.of(5));
    for (LossSpec loss :
        List.of(
            new LossSpec.CrossEntropy(),
            new LossSpec.Scpl(0.1, Divisor.KHOSLA, head),
            new LossSpec.PredSim(0.9, head))) {
      BlockSpec plain = block(stage(4), loss);
      BlockSpec spec = new BlockSpec(plain.layers(), loss, exit, plain.optimiser());
      Engine engine = engine();
      try (Block block = engine.block(spec, SmallBlocks.BORDER, 3, random());
          Signal in = engine.signal(SmallBlocks.batch(1, 1))) {
        assertThat(SmallBlocks.train(block, in, 0.01).trained()).as("%s", loss).isTrue();
        Map<String, float[]> statistics =
            States.tensors(block.statistics(), States.read(block, StateKind.STATISTICS));
        assertThat(statistics.get("exit.hidden.1.running_mean")).containsOnly(0);
        assertThat(statistics.get("exit.hidden.1.running_var")).containsOnly(1);
        States.all(block)
            .forEach(
                (kind, values) -> assertThat(LayerProbe.list(values)).allMatch(Float::isFinite));
      }
    }
  }

  /** It is as similar to itself as its label is. */
  @Test
  void aSingleRowIsTrainedByThePredictionAloneWhateverIsCompared() {
    for (HeadSpec.Kind kind : HeadSpec.Kind.values()) {
      HeadSpec head = new HeadSpec(kind, Features.POOLED, 6, 6);
      BlockSpec spec = block(stage(5), new LossSpec.PredSim(0.9, head));
      Engine engine = engine();
      try (Block block = engine.block(spec, SmallBlocks.BORDER, 3, random());
          Signal in = engine.signal(SmallBlocks.batch(1, 1))) {
        StepResult result = SmallBlocks.train(block, in, 0.01);
        assertThat(result.trained()).as("%s", kind).isTrue();
        assertThat(result.losses().get(0).value())
            .as("similarity with %s", kind)
            .isCloseTo(0, org.assertj.core.api.Assertions.within(1e-6));
        assertThat(result.losses().get(1).value())
            .as("prediction of an exit at 0")
            .isCloseTo(0.1 * Math.log(3), org.assertj.core.api.Assertions.within(1e-6));
        States.all(block)
            .forEach(
                (state, values) -> assertThat(LayerProbe.list(values)).allMatch(Float::isFinite));
      }
    }
  }

  /** Rows without another one of their class: no anchor, or no positive of one. */
  @Test
  void classesOfOneRowEachAreATrainedStep() {
    Batch batch = SmallBlocks.batch(3, 1);
    HeadSpec head = new HeadSpec(HeadSpec.Kind.SMALL_CONV, Features.GRID, 6, 6);
    for (LossSpec loss :
        List.of(
            new LossSpec.Scpl(0.1, Divisor.KHOSLA, head),
            new LossSpec.Scpl(0.1, Divisor.AUTHORS, head),
            new LossSpec.PredSim(0.9, head))) {
      Engine engine = engine();
      try (Block block = engine.block(block(stage(4), loss), SmallBlocks.BORDER, 3, random());
          Signal in = engine.signal(batch)) {
        StepResult result = SmallBlocks.train(block, in, 0.01);
        assertThat(result.trained()).as("%s", loss).isTrue();
        assertThat(result.losses()).allSatisfy(term -> assertThat(term.value()).isFinite());
        States.all(block)
            .forEach(
                (kind, values) -> assertThat(LayerProbe.list(values)).allMatch(Float::isFinite));
      }
    }
  }

  @Test
  void theDescriptionNamesTheLibraryAndTheDevice() {
    try (Engine engine = engine()) {
      EngineDescription description = engine.description();
      assertThat(description.engine()).isEqualTo(engine.name());
      assertThat(description.version()).matches("\\d+\\.\\d+.*");
      assertThat(description.device()).matches("cpu|gpu \\d+");
      assertThat(description.deviceName()).isNotBlank().isNotEqualTo("unknown");
      assertThat(description.toString())
          .startsWith(engine.name() + " " + description.version() + " on ");
    }
  }

  @Test
  void aStepOfABlockChangesNoOtherBlock() {
    Engine engine = engine();
    Block first = engine.block(SmallBlocks.contrastive(4), SmallBlocks.BORDER, 3, random());
    Block second =
        engine.block(
            SmallBlocks.contrastive(5), first.spec().output(SmallBlocks.BORDER, 3), 3, random());
    try (first;
        second;
        Signal in = engine.signal(SmallBlocks.batch(12, 1))) {
      Signal between = first.train(in, 0.1).output();
      Map<StateKind, float[]> before = States.all(first);
      second.train(between, 0.1).output().close();
      States.assertEqual(States.all(first), before);
      between.close();
    }
  }

  @Test
  void whatABlockLearnsDoesNotDependOnTheBlocksBehindIt() {
    assertThat(parametersOfFirstBlock(0)).containsExactly(parametersOfFirstBlock(0.3));
  }

  private float[] parametersOfFirstBlock(double rateOfSecond) {
    Engine engine = engine();
    Block first = engine.block(SmallBlocks.contrastive(4), SmallBlocks.BORDER, 3, random());
    Block second =
        engine.block(
            SmallBlocks.contrastive(5), first.spec().output(SmallBlocks.BORDER, 3), 3, random());
    try (first;
        second) {
      for (int step = 0; step < 3; step++) {
        Signal in = engine.signal(SmallBlocks.batch(12, step));
        Signal between = first.train(in, 0.1).output();
        second.train(between, rateOfSecond).output().close();
        in.close();
        between.close();
      }
      return States.read(first, StateKind.PARAMETERS);
    }
  }

  @Test
  void theSignalHandedOnIsTheOutputBeforeTheUpdate() {
    Engine engine = engine();
    Block block = engine.block(SmallBlocks.contrastive(4), SmallBlocks.BORDER, 3, random());
    Block twin = engine.block(SmallBlocks.contrastive(4), SmallBlocks.BORDER, 3, random());
    try (block;
        twin;
        Signal in = engine.signal(SmallBlocks.batch(12, 1));
        Signal updated = block.train(in, 0.5).output();
        Signal untouched = twin.train(in, 0).output()) {
      assertThat(updated.toArray()).containsExactly(untouched.toArray());
      assertThat(States.read(block, StateKind.PARAMETERS))
          .isNotEqualTo(States.read(twin, StateKind.PARAMETERS));
    }
  }

  @Test
  void aBatchThatIsNotFiniteChangesNothing() {
    Engine engine = engine();
    Block block = engine.block(SmallBlocks.contrastive(4), SmallBlocks.BORDER, 3, random());
    Batch bad = SmallBlocks.batch(12, 2);
    bad.inputs()[5] = Float.NaN;
    try (block;
        Signal good = engine.signal(SmallBlocks.batch(12, 1));
        Signal in = engine.signal(bad)) {
      SmallBlocks.train(block, good, 0.1);
      Map<StateKind, float[]> before = States.all(block);
      assertThat(SmallBlocks.train(block, in, 0.1).outcome()).isEqualTo(Outcome.NOT_FINITE);
      States.assertEqual(States.all(block), before);
      assertThat(SmallBlocks.train(block, good, 0.1).trained()).isTrue();
    }
  }

  @Test
  void blocksFromTheOneThatIsNotFiniteOnAreUntouchedAndTheEarlierOnesTrain() {
    NonFiniteBlocks.assertLaterBlocksSkip(this::engine);
  }

  @Test
  void batchesOfOtherSizesInBetweenChangeNoNumber() {
    assertThat(trainedWithEvaluationOf(0)).containsExactly(trainedWithEvaluationOf(40));
  }

  /** Parameters after three steps, with an evaluation of another batch size after each. */
  private float[] trainedWithEvaluationOf(int rows) {
    Engine engine = engine();
    Block block = engine.block(SmallBlocks.contrastive(4), SmallBlocks.BORDER, 3, random());
    try (block) {
      for (int step = 0; step < 3; step++) {
        Signal in = engine.signal(SmallBlocks.batch(12, step));
        block.train(in, 0.1).output().close();
        in.close();
        if (rows > 0) {
          Signal other = engine.signal(SmallBlocks.batch(rows + step, 9));
          Signal out = block.forward(other);
          Signal scores = block.answer(out);
          assertThat(scores.toArray()).hasSize((rows + step) * 3);
          scores.close();
          out.close();
          other.close();
        }
      }
      return States.read(block, StateKind.PARAMETERS);
    }
  }

  @Test
  void aBlockWhoseOwnKindsAreZeroGoesOnAsANewOneWithItsAveragedOnes() {
    Engine engine = engine();
    Block block = engine.block(SmallBlocks.contrastive(4), SmallBlocks.BORDER, 3, random());
    Block fresh =
        engine.block(SmallBlocks.contrastive(4), SmallBlocks.BORDER, 3, new SplittableRandom(99));
    try (block;
        fresh;
        Signal in = engine.signal(SmallBlocks.batch(12, 1))) {
      trainedLoss(block, in);
      for (StateKind kind : StateKind.values()) {
        if (kind.isAveraged()) {
          fresh.adopt(kind, States.read(block, kind));
        } else {
          block.adopt(kind, new float[block.length(kind)]);
        }
      }
      assertThat(trainedLoss(fresh, in)).isEqualTo(trainedLoss(block, in));
      States.assertEqual(States.all(fresh), States.all(block));
    }
  }

  @Test
  void aBlockAnswersWithTheScoresOfItsExit() {
    Engine engine = engine();
    BlockSpec spec = SmallBlocks.contrastive(4);
    Block block = engine.block(spec, SmallBlocks.BORDER, 3, random());
    try (block;
        Signal in = engine.signal(SmallBlocks.batch(12, 1));
        Signal out = block.forward(in)) {
      Signal answer = block.answer(out);
      assertThat(answer.labels()).containsExactly(in.labels());
      assertThat(apart(exit(block, out), answer.toArray())).isLessThan(IN_FLOAT);
      assertThat(block.decode(answer)).isSameAs(answer);
      answer.close();
    }
  }

  private static double apart(float[] reference, float[] found) {
    assertThat(found).hasSameSizeAs(reference);
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      difference = Math.max(difference, Math.abs(found[i] - reference[i]));
      largest = Math.max(largest, Math.abs(reference[i]));
    }
    return difference / largest;
  }

  /** Mean over positions, times the exit's weights, plus its biases. */
  private static float[] exit(Block block, Signal out) {
    Map<String, float[]> tensors =
        States.tensors(block.parameters(), States.read(block, StateKind.PARAMETERS));
    float[] weight = tensors.get("exit.weight");
    float[] bias = tensors.get("exit.bias");
    int channels = weight.length / bias.length;
    float[] maps = out.toArray();
    int positions = maps.length / out.rows() / channels;
    float[] scores = new float[out.rows() * bias.length];
    for (int i = 0; i < scores.length; i++) {
      int row = i / bias.length;
      int answer = i % bias.length;
      double score = bias[answer];
      for (int j = 0; j < channels * positions; j++) {
        double feature = maps[row * channels * positions + j] / positions;
        score += weight[answer * channels + j / positions] * feature;
      }
      scores[i] = (float) score;
    }
    return scores;
  }

  @Test
  void selectedRowsComeAsTheyAreNamedAndOutliveTheirSignal() {
    Engine engine = engine();
    int[] selected = {7, 0, 11, 7};
    Block block = engine.block(SmallBlocks.contrastive(4), SmallBlocks.BORDER, 3, random());
    try (block) {
      Signal in = engine.signal(SmallBlocks.batch(12, 1));
      Signal out = block.forward(in);
      Signal answer = block.answer(out);
      for (Signal whole : List.of(in, out, answer)) {
        Signal part = whole.select(selected);
        float[] all = whole.toArray();
        int[] labels = whole.labels();
        assertThat(whole.toArray()).containsExactly(all);
        whole.close();
        assertThat(part.rows()).isEqualTo(4);
        assertThat(part.labels()).containsExactly(labels[7], labels[0], labels[11], labels[7]);
        assertThat(part.toArray()).containsExactly(rows(all, all.length / 12, selected));
        part.close();
        part.close();
      }
    }
  }

  @Test
  void joinedRowsStandBehindEachOtherAndOutliveTheirSignals() {
    Engine engine = engine();
    Block block = engine.block(SmallBlocks.contrastive(4), SmallBlocks.BORDER, 3, random());
    try (block) {
      Signal in = engine.signal(SmallBlocks.batch(12, 1));
      Signal other = engine.signal(SmallBlocks.batch(5, 2));
      Signal out = block.forward(in);
      Signal otherOut = block.forward(other);
      for (List<Signal> pair : List.of(List.of(in, other), List.of(out, otherOut))) {
        float[] first = pair.get(0).toArray();
        float[] second = pair.get(1).toArray();
        int[] labels = pair.get(1).labels();
        Signal joined = pair.get(0).joined(List.of(pair.get(1)));
        pair.forEach(Signal::close);
        float[] all = joined.toArray();
        assertThat(joined.rows()).isEqualTo(17);
        assertThat(Arrays.copyOf(all, first.length)).containsExactly(first);
        assertThat(Arrays.copyOfRange(all, first.length, all.length)).containsExactly(second);
        assertThat(Arrays.copyOfRange(joined.labels(), 12, 17)).containsExactly(labels);
        joined.close();
      }
    }
  }

  private static float[] rows(float[] all, int length, int... selected) {
    float[] rows = new float[selected.length * length];
    for (int i = 0; i < selected.length; i++) {
      System.arraycopy(all, selected[i] * length, rows, i * length, length);
    }
    return rows;
  }

  @Test
  void aBatchThatWasUploadedAheadGivesTheSameSignal() {
    try (Engine engine = engine()) {
      for (int seed = 1; seed <= 3; seed++) {
        Batch batch = SmallBlocks.batch(12, seed);
        CompletableFuture.runAsync(() -> engine.upload(batch)).join();
        try (Signal uploaded = engine.signal(batch);
            Signal copied = engine.signal(batch)) {
          assertThat(uploaded.toArray()).containsExactly(copied.toArray());
          assertThat(uploaded.labels()).containsExactly(copied.labels());
        }
      }
    }
  }

  @Test
  void selectedRowsAreAnsweredAsTheyAreAmongAll() {
    Engine engine = engine();
    Block block = engine.block(SmallBlocks.contrastive(4), SmallBlocks.BORDER, 3, random());
    try (block;
        Signal in = engine.signal(SmallBlocks.batch(12, 1));
        Signal part = in.select(new int[] {5, 3});
        Signal out = block.forward(in);
        Signal partOut = block.forward(part);
        Signal answer = block.answer(out);
        Signal partAnswer = block.answer(partOut)) {
      assertThat(apart(rows(answer.toArray(), 3, 5, 3), partAnswer.toArray())).isLessThan(IN_FLOAT);
    }
  }

  @Test
  void rowsThatThereAreNotAreRefused() {
    Engine engine = engine();
    try (Signal in = engine.signal(SmallBlocks.batch(12, 1))) {
      for (int row : new int[] {-1, 12}) {
        assertThatThrownBy(() -> in.select(new int[] {0, row}))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("Cannot select row " + row + ": there are 12 (name rows from 0 on)");
      }
      assertThatThrownBy(() -> in.select(new int[0]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("Cannot select rows: none is named (name at least one)");
    }
  }

  @Test
  void aBlockWithAdoptedStateGoesOnWithTheSameNumbers() {
    Engine engine = engine();
    Block block = engine.block(SmallBlocks.contrastive(4), SmallBlocks.BORDER, 3, random());
    Block copy =
        engine.block(SmallBlocks.contrastive(4), SmallBlocks.BORDER, 3, new SplittableRandom(99));
    try (block;
        copy;
        Signal in = engine.signal(SmallBlocks.batch(12, 1))) {
      block.train(in, 0.1).output().close();
      States.all(block).forEach(copy::adopt);
      StepResult next = SmallBlocks.train(block, in, 0.1);
      StepResult same = SmallBlocks.train(copy, in, 0.1);
      assertThat(same.losses()).isEqualTo(next.losses());
      States.assertEqual(States.all(copy), States.all(block));
    }
  }

  @Test
  void stochasticGradientDescentFollowsPyTorchsForm() {
    OptimiserSpec plain = new OptimiserSpec.Sgd(1, 0, 0, 0, new ScheduleSpec.Constant());
    OptimiserSpec full = new OptimiserSpec.Sgd(1, 0.9, 0.01, 0.05, new ScheduleSpec.Constant());
    Engine engine = engine();
    Block probe = engine.block(SmallBlocks.with(plain), SmallBlocks.BORDER, 3, random());
    Block block = engine.block(SmallBlocks.with(full), SmallBlocks.BORDER, 3, random());
    try (probe;
        block;
        Signal in = engine.signal(SmallBlocks.batch(12, 1))) {
      double[] velocity = new double[block.length(StateKind.PARAMETERS)];
      for (int step = 0; step < 3; step++) {
        float[] x = States.read(block, StateKind.PARAMETERS);
        probe.adopt(StateKind.PARAMETERS, x);
        probe.train(in, 1).output().close();
        float[] moved = States.read(probe, StateKind.PARAMETERS);
        double norm = 0;
        for (int i = 0; i < x.length; i++) {
          norm += Math.pow(x[i] - moved[i], 2);
        }
        double clip = Math.min(1, 0.05 / (Math.sqrt(norm) + 1e-6));
        block.train(in, 0.1).output().close();
        float[] found = States.read(block, StateKind.PARAMETERS);
        for (int i = 0; i < x.length; i++) {
          velocity[i] = 0.9 * velocity[i] + clip * (x[i] - moved[i]) + 0.01 * x[i];
          assertThat((double) found[i])
              .isCloseTo(x[i] - 0.1 * velocity[i], org.assertj.core.api.Assertions.within(2e-6));
        }
      }
    }
  }

  private static SplittableRandom random() {
    return new SplittableRandom(7);
  }

  private static void report(String what, double error, double most) {
    System.out.printf("golden %-45s relative error %.1e%n", what, error);
    assertThat(error).as(what).isLessThanOrEqualTo(most);
  }

  private static LossSpec.Scpl contrastive(Divisor divisor) {
    return new LossSpec.Scpl(
        0.1, divisor, new HeadSpec(HeadSpec.Kind.IDENTITY, Features.POOLED, 1, 1));
  }

  private static LayerSpec convolution(int filters) {
    return new LayerSpec.Convolution(filters, 3, 1, 1, false);
  }

  private static List<LayerSpec> stage(int filters) {
    return List.of(
        convolution(filters),
        new LayerSpec.BatchNorm(),
        new LayerSpec.Relu(),
        new LayerSpec.MaxPool(2, 2));
  }

  private static BlockSpec block(List<LayerSpec> layers, LossSpec loss) {
    OptimiserSpec adam =
        new OptimiserSpec.Adam(0.01, 0.9, 0.999, 1e-8, 0, 0, new ScheduleSpec.Constant());
    return new BlockSpec(layers, loss, new ExitSpec(Features.POOLED), adam);
  }
}
