package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.DeInfoRegSpec;
import io.blockwise.model.spec.DeInfoRegSpec.Exit;
import io.blockwise.model.spec.DeInfoRegSpec.Scaling;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.LossSpec.Activation;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What DeInfoReg computes (methods 2d); a subclass per engine runs the whole suite. */
public abstract class DeInfoRegContract {
  private static final double IN_FLOAT = 1e-4;
  private static final ScheduleSpec CONSTANT = new ScheduleSpec.Constant();
  private static final OptimiserSpec MOMENTUM = new OptimiserSpec.Sgd(0.1, 0.9, 0, 0, CONSTANT);
  private static final List<Double> ONES = List.of(1.0, 1.0, 1.0);
  private static final Exit MERGE = new Exit(Exit.Kind.MERGE, true, Activation.RELU);
  private static final Exit PLAIN = new Exit(Exit.Kind.MERGE, false, Activation.NONE);
  private static final Exit UNMERGE = new Exit(Exit.Kind.UNMERGE, false, Activation.NONE);
  private static final List<LayerSpec> LAYERS =
      List.of(
          new LayerSpec.Convolution(5, 3, 2, 1, true),
          new LayerSpec.Tanh(),
          new LayerSpec.AveragePool(2, 2));

  protected abstract Engine engine();

  @Test
  void everyTermAndTheirSumMatchPyTorchInValueAndGradient() {
    assertGolden("deinforeg_invariance", List.of(1.0, 0.0, 0.0));
    assertGolden("deinforeg_variance", List.of(0.0, 1.0, 0.0));
    assertGolden("deinforeg_covariance", List.of(0.0, 0.0, 1.0));
    assertGolden("deinforeg_sum", ONES);
  }

  /** The optimiser's momentum after a first step is the gradient. */
  private void assertGolden(String name, List<Double> weights) {
    JsonNode golden = Golden.open(name).json();
    Batch batch = AssociatedContract.batch(golden.get("z"), golden.get("y"));
    int width = batch.shape().channels();
    LossSpec loss = new DeInfoRegSpec(Scaling.AUTHORS, weights, 0, PLAIN, identity());
    BlockSpec spec = block(List.of(new LayerSpec.Dense(width, false)), loss, MOMENTUM);
    Engine engine = engine();
    try (Block block = engine.block(spec, Border.of(batch.shape()), 3, new SplittableRandom(1));
        Signal in = engine.signal(batch)) {
      Map<String, float[]> parameters =
          new HashMap<>(
              States.tensors(block.parameters(), States.read(block, StateKind.PARAMETERS)));
      parameters.put("layers.0.weight", AssociatedContract.identity(width));
      block.adopt(StateKind.PARAMETERS, States.vector(block.parameters(), parameters));
      double expected = golden.get("loss").asDouble();
      assertThat(SmallBlocks.train(block, in, 0.1).loss())
          .isCloseTo(expected, within(expected * IN_FLOAT));
      float[] gradient =
          States.tensors(block.parameters(), States.read(block, StateKind.OPTIMISER))
              .get("layers.0.weight");
      float[] reference = AssociatedContract.product(golden.get("dz"), golden.get("z"), width);
      double error = AssociatedContract.apart(reference, gradient);
      System.out.printf("golden %s gradient, relative error %.1e%n", name, error);
      assertThat(error).as(name).isLessThan(IN_FLOAT);
    }
  }

  @Test
  void everyScalingGivesTheValuesWorkedOutByHand() {
    assertTerms(Scaling.AUTHORS, 0.540669, 0.090657, 0.013311);
    assertTerms(Scaling.UNIT, 0.540669, 0.210021, 0.172508);
    assertTerms(Scaling.VICREG, 0.540669, 0.362605, 0.033333);
  }

  private void assertTerms(Scaling scaling, double invariance, double variance, double covariance) {
    Map<String, Double> terms = terms(new DeInfoRegSpec(scaling, ONES, 2, PLAIN, identity()));
    assertThat(terms.keySet())
        .containsExactlyInAnyOrder("invariance", "variance", "covariance", "cross-entropy");
    assertThat(terms.get("invariance")).isCloseTo(invariance, within(1e-5));
    assertThat(terms.get("variance")).isCloseTo(variance, within(1e-5));
    assertThat(terms.get("covariance")).isCloseTo(covariance, within(1e-5));
    assertThat(terms.get("cross-entropy")).isCloseTo(2 * Math.log(3), within(1e-5));
  }

  @Test
  void termsAreWeightedAsTheScalingSaysUnlessWeightsAreGiven() {
    Map<String, Double> its =
        terms(new DeInfoRegSpec(Scaling.UNIT, List.of(), 1, PLAIN, identity()));
    assertThat(its.get("invariance")).isCloseTo(25 * 0.540669, within(1e-4));
    assertThat(its.get("variance")).isCloseTo(25 * 0.210021, within(1e-4));
    assertThat(its.get("covariance")).isCloseTo(0.172508, within(1e-5));
    Map<String, Double> given =
        terms(new DeInfoRegSpec(Scaling.UNIT, List.of(2.0, 0.0, 3.0), 1, PLAIN, identity()));
    assertThat(given.get("invariance")).isCloseTo(2 * 0.540669, within(1e-5));
    assertThat(given.get("variance")).isZero();
    assertThat(given.get("covariance")).isCloseTo(3 * 0.172508, within(1e-5));
  }

  /** Of the six rows in methods' Appendix A, with an exit of zeros. */
  private Map<String, Double> terms(LossSpec loss) {
    float[] rows = {1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 2};
    Batch batch = new Batch(Shape.vector(3), 6);
    System.arraycopy(rows, 0, batch.inputs(), 0, rows.length);
    System.arraycopy(new int[] {0, 0, 1, 1, 2, 0}, 0, batch.labels(), 0, 6);
    batch.rows(6);
    return terms(loss, batch);
  }

  private Map<String, Double> terms(LossSpec loss, Batch batch) {
    BlockSpec spec = block(List.of(new LayerSpec.LeakyRelu(1)), loss, MOMENTUM);
    Engine engine = engine();
    try (Block block = engine.block(spec, Border.of(batch.shape()), 3, new SplittableRandom(1));
        Signal in = engine.signal(batch)) {
      block.adopt(StateKind.PARAMETERS, new float[block.length(StateKind.PARAMETERS)]);
      Map<String, Double> terms = new HashMap<>();
      SmallBlocks.train(block, in, 0).losses().forEach(t -> terms.put(t.name(), t.value()));
      return terms;
    }
  }

  /** Uncorrelated embeddings of so many values, and such as are all alike (methods, Appendix A). */
  @Test
  void termsBeginWhereEmbeddingsThatSayNothingPutThem() {
    int width = 1024;
    int rows = 126;
    SplittableRandom random = new SplittableRandom(3);
    float[] values = new float[rows * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    LossSpec authors = new DeInfoRegSpec(Scaling.AUTHORS, ONES, 2, PLAIN, identity());
    Map<String, Double> uncorrelated = terms(authors, values, rows);
    assertThat(uncorrelated.get("invariance")).isCloseTo(1.0 / 2, within(0.02));
    assertThat(uncorrelated.get("variance")).isBetween((1 - 1.0 / 32) / rows, 1.0 / rows);
    for (int row = 1; row < rows; row++) {
      System.arraycopy(values, 0, values, row * width, width);
    }
    Map<String, Double> collapsed = terms(authors, values, rows);
    assertThat(collapsed.get("invariance")).isCloseTo(3.0 / 2, within(1e-4));
    assertThat(collapsed.get("variance")).isCloseTo(1.0 / rows, within(1e-5));
    assertThat(collapsed.get("covariance")).isCloseTo(0, within(1e-6));
  }

  private Map<String, Double> terms(LossSpec loss, float[] values, int rows) {
    Batch batch = new Batch(Shape.vector(values.length / rows), rows);
    System.arraycopy(values, 0, batch.inputs(), 0, values.length);
    Arrays.setAll(batch.labels(), row -> row % 3);
    batch.rows(rows);
    return terms(loss, batch);
  }

  @Test
  void gradientsMatchDifferencesOfTheLoss() {
    for (BlockSpec block : CheckedBlocks.regularised()) {
      GradientCheck.run(engine(), block);
    }
  }

  @Test
  void theCrossEntropyOfAnUnmergedExitTrainsTheExitAlone() {
    assertThat(learned(UNMERGE, 0)).isEqualTo(learned(UNMERGE, 0.5));
    assertThat(learned(MERGE, 0)).isNotEqualTo(learned(MERGE, 0.5));
  }

  /** The gradients of layers and head. */
  private Map<String, List<Float>> learned(Exit exit, double alpha) {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.MLP, Features.POOLED, 7, 6);
    LossSpec loss = new DeInfoRegSpec(Scaling.AUTHORS, List.of(), alpha, exit, head);
    Engine engine = engine();
    try (Block block =
            engine.block(
                block(LAYERS, loss, MOMENTUM), SmallBlocks.BORDER, 3, new SplittableRandom(3));
        Signal in = engine.signal(SmallBlocks.batch(12, 1))) {
      SmallBlocks.train(block, in, 0.1);
      Map<String, List<Float>> learned = new HashMap<>();
      States.tensors(block.parameters(), States.read(block, StateKind.OPTIMISER))
          .forEach((name, gradient) -> learned.put(name, LayerProbe.list(gradient)));
      learned.keySet().removeIf(name -> name.startsWith("exit."));
      assertThat(learned).hasSize(6);
      return learned;
    }
  }

  @Test
  void aMergedExitAnswersWithWhatItReadsInTraining() {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.LINEAR, Features.POOLED, 7, 4);
    LossSpec loss = new DeInfoRegSpec(Scaling.VICREG, List.of(), 1, PLAIN, head);
    Engine engine = engine();
    try (Block block =
            engine.block(
                block(LAYERS, loss, MOMENTUM), SmallBlocks.BORDER, 3, new SplittableRandom(3));
        Signal in = engine.signal(SmallBlocks.batch(12, 1));
        Signal out = block.forward(in);
        Signal answer = block.answer(out)) {
      float[] scores = answer.toArray();
      int correct = 0;
      for (int row = 0; row < 12; row++) {
        float[] own = Arrays.copyOfRange(scores, 3 * row, 3 * row + 3);
        float best = Math.max(own[0], Math.max(own[1], own[2]));
        correct += own[in.labels()[row]] == best ? 1 : 0;
      }
      assertThat(SmallBlocks.train(block, in, 0.1).correct()).isEqualTo(correct);
    }
  }

  @Test
  void aSingleRowAndABatchOfOneClassTrain() {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.MLP, Features.POOLED, 7, 6);
    for (Scaling scaling : Scaling.values()) {
      for (int rows : new int[] {1, 5}) {
        Batch batch = SmallBlocks.batch(rows, 1);
        Arrays.fill(batch.labels(), 2);
        LossSpec loss = new DeInfoRegSpec(scaling, List.of(), 0.1, MERGE, head);
        Engine engine = engine();
        try (Block block =
                engine.block(
                    block(LAYERS, loss, MOMENTUM), SmallBlocks.BORDER, 3, new SplittableRandom(3));
            Signal in = engine.signal(batch)) {
          for (int step = 0; step < 3; step++) {
            assertThat(SmallBlocks.train(block, in, 0.01).trained()).isTrue();
          }
          for (float value : States.read(block, StateKind.STATISTICS)) {
            assertThat(value).isFinite();
          }
        }
      }
    }
  }

  private static HeadSpec identity() {
    return new HeadSpec(HeadSpec.Kind.IDENTITY, Features.POOLED, 1, 1);
  }

  private static BlockSpec block(List<LayerSpec> layers, LossSpec loss, OptimiserSpec optimiser) {
    return new BlockSpec(layers, loss, new ExitSpec(Features.POOLED), optimiser);
  }
}
