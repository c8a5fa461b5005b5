package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.spec.AlSpec;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.DeInfoRegSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What single rows count in a cross-entropy; a subclass per engine runs the whole suite. */
public abstract class RowWeightsContract {
  private static final float[] WEIGHTS = {0.5f, 1, 3, 0.25f, 2};
  private static final Set<String> ENTROPIES = Set.of("cross-entropy", "prediction", "inverse");
  private static final OptimiserSpec DESCENT =
      new OptimiserSpec.Sgd(0.1, 0, 0, 0, new ScheduleSpec.Constant());
  private static final BlockSpec ENTROPY = block(new LossSpec.CrossEntropy(), List.of());

  protected abstract Engine engine();

  /** What one step gave. */
  private record Trained(StepResult result, Map<String, float[]> parameters) {}

  /** Without a batch norm, whose statistics would see the further row. */
  @Test
  void aWeightOfTwoIsTheRowTwice() {
    for (BlockSpec spec : List.of(ENTROPY, block(ENTROPY.loss(), List.of(0.5, 1.0, 3.0)))) {
      Trained weighted = trained(spec, SmallBlocks.weighted(batch(), 1, 1, 2, 1, 1, 1, 1));
      Trained twice = trained(spec, twice(batch(), 2));
      assertClose(weighted, twice);
      assertThat(weighted.result.loss())
          .isNotCloseTo(trained(spec, batch()).result.loss(), within(1e-4));
    }
  }

  @Test
  void onesAreAsNoWeights() {
    assertClose(trained(ENTROPY, SmallBlocks.weighted(batch(), 1)), trained(ENTROPY, batch()));
  }

  @Test
  void weightsThatAreTakenBackAreNoneBitByBit() {
    Batch back = SmallBlocks.weighted(batch(), WEIGHTS);
    back.weighted(false);
    assertSame(trained(ENTROPY, back), trained(ENTROPY, batch()), "");
  }

  /** The mean of weighted rows: a common factor is in its divisor, too. */
  @Test
  void onlyRatiosOfWeightsMatter() {
    assertClose(
        trained(ENTROPY, SmallBlocks.weighted(batch(), 3, 1, 2)),
        trained(ENTROPY, SmallBlocks.weighted(batch(), 30, 10, 20)));
  }

  /** Row i of these batches is of class i modulo 3. */
  @Test
  void aRowCountsItsWeightTimesThatOfItsClass() {
    BlockSpec classes = block(ENTROPY.loss(), List.of(4.0, 1.0, 0.5));
    assertClose(
        trained(classes, SmallBlocks.weighted(batch(), 1, 2, 3, 3, 2, 1)),
        trained(ENTROPY, SmallBlocks.weighted(batch(), 4, 2, 1.5f, 12, 2, 0.5f)));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void gradientsAreThoseOfTheWeightedLoss(LossSpec loss) {
    List<LayerSpec> layers = CheckedBlocks.associated().get(0).layers();
    for (ExitSpec exit :
        List.of(
            new ExitSpec(Features.POOLED),
            ENTROPY.exit().smoothing(0.3).weighing(List.of(0.5, 1.0, 3.0)))) {
      GradientCheck.run(
          engine(),
          new BlockSpec(layers, loss, exit, DESCENT),
          SmallBlocks.weighted(SmallBlocks.batch(12, 3), WEIGHTS),
          tensor -> entropyTrains(tensor, loss));
    }
  }

  private static boolean entropyTrains(String tensor, LossSpec loss) {
    boolean layers =
        loss instanceof LossSpec.CrossEntropy
            || loss instanceof LossSpec.PredSim
            || loss instanceof DeInfoRegSpec regularised
                && regularised.exit().kind() == DeInfoRegSpec.Exit.Kind.MERGE;
    return tensor.matches("(exit|encoder|decoder)\\..*") || layers && tensor.startsWith("layers.");
  }

  static Stream<LossSpec> losses() {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.MLP, Features.POOLED, 6, 6);
    return Stream.of(
        new LossSpec.CrossEntropy(),
        new LossSpec.Scpl(0.5, LossSpec.Divisor.KHOSLA, head),
        new LossSpec.Scpl(0.5, LossSpec.Divisor.AUTHORS, head),
        new LossSpec.PredSim(0.5, head),
        CheckedBlocks.regularised().get(0).loss(),
        CheckedBlocks.regularised().get(2).loss(),
        CheckedBlocks.associated().get(0).loss());
  }

  @ParameterizedTest
  @MethodSource("losses")
  void termsThatCompareRowsAreTheSame(LossSpec loss) {
    BlockSpec spec = block(loss, List.of());
    List<LossTerm> plain = trained(spec, batch()).result.losses();
    List<LossTerm> weighted = trained(spec, SmallBlocks.weighted(batch(), WEIGHTS)).result.losses();
    assertThat(weighted).hasSameSizeAs(plain);
    for (int i = 0; i < plain.size(); i++) {
      if (ENTROPIES.contains(plain.get(i).name())) {
        assertThat(weighted.get(i).value()).isNotCloseTo(plain.get(i).value(), within(1e-4));
      } else {
        assertThat(weighted.get(i)).isEqualTo(plain.get(i));
      }
    }
  }

  /** Contrast trains all but the probe, and squared errors train everything. */
  @Test
  void whatIsTrainedByComparingRowsLearnsTheSame() {
    LossSpec contrast = losses().skip(1).findFirst().orElseThrow();
    LossSpec errors = CheckedBlocks.associated().get(1).loss();
    assertThat(((AlSpec) errors).inverse()).isEqualTo(AlSpec.Inverse.MSE);
    for (LossSpec loss : List.of(contrast, errors)) {
      BlockSpec spec = block(loss, List.of());
      Trained weighted = trained(spec, SmallBlocks.weighted(batch(), WEIGHTS));
      assertSame(weighted, trained(spec, batch()), "exit.");
    }
  }

  @Test
  void weightsGoWithTheirRows() {
    Engine engine = engine();
    try (Block block = started(engine, ENTROPY);
        Signal in = engine.signal(SmallBlocks.weighted(batch(), WEIGHTS));
        Signal next = block.train(in, 0.1).output();
        Signal inferred = block.forward(in);
        Signal handed = block.handOn(in);
        Signal part = inferred.select(new int[] {6, 2, 2}).onBatch(7);
        Signal none = engine.signal(SmallBlocks.batch(2, 5));
        Signal plain = block.forward(none);
        Signal joined = part.joined(List.of(plain, inferred));
        Signal behind = plain.joined(List.of(part));
        Signal unweighted = plain.joined(List.of(plain))) {
      float[] all = {0.5f, 1, 3, 0.25f, 2, 0.5f, 1};
      for (Signal signal : List.of(in, next, inferred, handed)) {
        assertThat(signal.weights()).containsExactly(all);
      }
      assertThat(part.weights()).containsExactly(1, 3, 3);
      assertThat(joined.weights()).containsExactly(1, 3, 3, 1, 1, 0.5f, 1, 3, 0.25f, 2, 0.5f, 1);
      assertThat(behind.weights()).containsExactly(1, 1, 1, 3, 3);
      assertThat(unweighted.weights()).isEmpty();
      assertThat(plain.select(new int[] {1}).weights()).isEmpty();
    }
  }

  @Test
  void rowsThatHaveComeTogetherAnewCountTheSame() {
    Engine engine = engine();
    try (Block direct = started(engine, ENTROPY);
        Block gathered = started(engine, ENTROPY);
        Signal in = engine.signal(SmallBlocks.weighted(batch(), WEIGHTS));
        Signal first = in.select(new int[] {0, 1, 2});
        Signal second = in.select(new int[] {3, 4, 5, 6});
        Signal anew = first.joined(List.of(second)).onBatch(0)) {
      assertThat(SmallBlocks.train(gathered, anew, 0.1).loss())
          .isCloseTo(SmallBlocks.train(direct, in, 0.1).loss(), within(1e-6));
    }
  }

  private static Batch batch() {
    return SmallBlocks.batch(7, 1);
  }

  private static BlockSpec block(LossSpec loss, List<Double> ofClasses) {
    List<LayerSpec> layers =
        List.of(new LayerSpec.Convolution(4, 3, 1, 1, true), new LayerSpec.Relu());
    ExitSpec exit = new ExitSpec(Features.POOLED).smoothing(0.1).weighing(ofClasses);
    return new BlockSpec(layers, loss, exit, DESCENT);
  }

  /** A step from parameters none of which is 0, as those of an exit may be at the beginning. */
  private Trained trained(BlockSpec spec, Batch batch) {
    Engine engine = engine();
    try (Block block = started(engine, spec);
        Signal in = engine.signal(batch)) {
      StepResult result = SmallBlocks.train(block, in, 0.1);
      return new Trained(
          result, States.tensors(block.parameters(), States.read(block, StateKind.PARAMETERS)));
    }
  }

  private static Block started(Engine engine, BlockSpec spec) {
    Block block = engine.block(spec, SmallBlocks.BORDER, 3, new SplittableRandom(3));
    float[] start = States.read(block, StateKind.PARAMETERS);
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < start.length; i++) {
      start[i] += (float) random.nextDouble(-0.5, 0.5);
    }
    block.adopt(StateKind.PARAMETERS, start);
    return block;
  }

  /** All rows, and one of them once more. */
  private static Batch twice(Batch batch, int more) {
    List<Integer> rows = new ArrayList<>(IntStream.range(0, batch.rows()).boxed().toList());
    rows.add(more);
    Collections.sort(rows);
    Batch all = new Batch(SmallBlocks.INPUT, rows.size());
    int values = SmallBlocks.INPUT.elements();
    for (int row = 0; row < rows.size(); row++) {
      int from = rows.get(row);
      System.arraycopy(batch.inputs(), from * values, all.inputs(), row * values, values);
      all.labels()[row] = batch.labels()[from];
    }
    all.rows(rows.size());
    return all;
  }

  private static void assertClose(Trained one, Trained other) {
    assertThat(one.result.loss()).isCloseTo(other.result.loss(), within(1e-5));
    assertThat(one.parameters).hasSameSizeAs(other.parameters);
    one.parameters.forEach(
        (name, values) ->
            assertThat(values)
                .as(name)
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(other.parameters.get(name)));
  }

  /** Bit by bit, but for tensors whose names begin so. */
  private static void assertSame(Trained one, Trained other, String butFor) {
    one.parameters.forEach(
        (name, values) -> {
          if (butFor.isEmpty() || !name.startsWith(butFor)) {
            assertThat(values).as(name).containsExactly(other.parameters.get(name));
          }
        });
  }
}
