package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.engine.dl4j.Dl4jEngine;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.TextLayers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Both engines in one process, from the same numbers, on the same batches. */
class EnginesAgreeTest {
  private static final int STEPS = 20;

  /** Rounding in float, once more through every step of Adam. */
  private static final double TOLERANCE = 1e-4;

  /**
   * Of seeds 1 to 8 all but the first keep the odd layers' losses within 1e-6; there a value lies
   * so near to a kink that rounding decides its side, and the losses part by up to 6e-4.
   */
  private static final long SEED = 2;

  /** So large an epsilon that gradients which are nothing but rounding stay small. */
  private static final OptimiserSpec CLIPPED_ADAM =
      new OptimiserSpec.Adam(0.01, 0.9, 0.999, 1e-4, 0, 0.5, new ScheduleSpec.Constant());

  private static final OptimiserSpec MOMENTUM =
      new OptimiserSpec.Sgd(0.05, 0.9, 1e-4, 1, new ScheduleSpec.Constant());

  @Test
  void contrastiveBlocksHaveTheSameLosses() {
    assertAgree(List.of(SmallBlocks.contrastive(4), SmallBlocks.contrastive(5)));
  }

  @Test
  void headsWithBatchNormHaveTheSameLosses() {
    HeadSpec.Kind kind = HeadSpec.Kind.MLP_BN;
    assertAgree(List.of(SmallBlocks.contrastive(4, kind), SmallBlocks.contrastive(5, kind)));
  }

  @Test
  void similarityMatchingHasTheSameLosses() {
    for (HeadSpec.Kind kind : HeadSpec.Kind.values()) {
      LossSpec loss = new LossSpec.PredSim(0.9, new HeadSpec(kind, Features.POOLED, 6, 6));
      assertAgree(List.of(with(loss, 4), with(loss, 5)));
    }
  }

  @Test
  void blocksOfDifferentLossesHaveTheSameLosses() {
    LossSpec similarity =
        new LossSpec.PredSim(0.9, new HeadSpec(HeadSpec.Kind.MLP, Features.POOLED, 6, 6));
    LossSpec entropy = new LossSpec.CrossEntropy();
    assertAgree(List.of(with(similarity, 4), SmallBlocks.contrastive(5)));
    assertAgree(List.of(SmallBlocks.contrastive(4), with(entropy, 5)));
  }

  private static BlockSpec with(LossSpec loss, int filters) {
    BlockSpec block = SmallBlocks.contrastive(filters);
    return new BlockSpec(block.layers(), loss, block.exit(), block.optimiser());
  }

  @Test
  void blocksOfOddWidthsHaveTheSameLosses() {
    for (List<LayerSpec> layers : SmallBlocks.oddLayers()) {
      assertAgree(List.of(SmallBlocks.clipped(layers)));
    }
  }

  @Test
  void crossEntropyWithClippingDecayAndMomentumHasTheSameLosses() {
    assertAgree(List.of(SmallBlocks.with(MOMENTUM), SmallBlocks.with(MOMENTUM)));
  }

  @Test
  void rowsWithWeightsHaveTheSameLosses() {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.MLP, Features.POOLED, 6, 6);
    BlockSpec classes = with(new LossSpec.CrossEntropy(), 5);
    ExitSpec exit = classes.exit().smoothing(0.1).weighing(List.of(0.5, 1.0, 3.0));
    List<BlockSpec> blocks =
        List.of(
            SmallBlocks.contrastive(4),
            with(new LossSpec.PredSim(0.9, head), 4),
            new BlockSpec(classes.layers(), classes.loss(), exit, classes.optimiser()));
    for (List<BlockSpec> network : List.of(blocks, List.of(SmallBlocks.associated(4)))) {
      assertAgree(
          new NetworkSpec(SmallBlocks.INPUT, 3, network),
          (rows, seed) ->
              SmallBlocks.weighted(SmallBlocks.batch(rows, seed), 0.5f, 1, 3, 0.25f, 2));
    }
  }

  @Test
  void textsHaveTheSameLosses() {
    assertAgreeOnTexts(List.of(new TextLayers.TokenMean()), List.of(new LayerSpec.Dense(5, true)));
    assertAgreeOnTexts(
        List.of(new TextLayers.Positions()),
        SmallTexts.encoder(2, 0.3),
        SmallTexts.encoder(4, 0.3));
    assertAgreeOnTexts(
        List.of(),
        List.of(new TextLayers.Lstm(3, true)),
        List.of(new TextLayers.Lstm(3, true), new TextLayers.Dropout(0.3)));
  }

  /** Blocks of these layers, the first behind an embedding. */
  @SafeVarargs
  private static void assertAgreeOnTexts(List<LayerSpec>... layers) {
    List<BlockSpec> blocks = new ArrayList<>();
    for (List<LayerSpec> its : layers) {
      List<LayerSpec> all = new ArrayList<>(its);
      if (blocks.isEmpty()) {
        all.add(0, SmallTexts.EMBEDDING);
      }
      blocks.add(
          new BlockSpec(
              all, new LossSpec.CrossEntropy(), new ExitSpec(Features.POOLED), CLIPPED_ADAM));
    }
    assertAgree(new NetworkSpec(SmallTexts.INPUT, 3, blocks), EnginesAgreeTest::texts);
  }

  private static Batch texts(int rows, long seed) {
    Batch batch = SmallTexts.batch(rows, seed);
    batch.chance(seed);
    return batch;
  }

  private static void assertAgree(List<BlockSpec> blocks) {
    assertAgree(new NetworkSpec(SmallBlocks.INPUT, 3, blocks), SmallBlocks::batch);
  }

  /** Batches of so many rows by a seed. */
  private interface Batches {
    Batch of(int rows, long seed);
  }

  private static void assertAgree(NetworkSpec spec, Batches batches) {
    try (DecoupledNetwork dl4j = new DecoupledNetwork(new Dl4jEngine(), spec, SEED);
        DecoupledNetwork torch = new DecoupledNetwork(TestDevice.torch(), spec, SEED)) {
      assertSameStart(dl4j, torch);
      double apart = 0;
      for (int step = 0; step < STEPS; step++) {
        Batch batch = batches.of(24, step);
        apart = Math.max(apart, apart(step(dl4j, batch), step(torch, batch)));
      }
      System.out.printf("engines' losses differ by %.1e at most over %d steps%n", apart, STEPS);
      assertThat(apart).isLessThan(TOLERANCE);
      assertSamePredictions(dl4j, torch, batches);
    }
  }

  private static List<StepResult> step(DecoupledNetwork network, Batch batch) {
    return network.step(batch, k -> network.blocks().get(k).spec().optimiser().learningRate());
  }

  private static void assertSameStart(DecoupledNetwork dl4j, DecoupledNetwork torch) {
    for (int k = 0; k < dl4j.blocks().size(); k++) {
      Block one = dl4j.blocks().get(k);
      Block other = torch.blocks().get(k);
      assertThat(other.parameters()).isEqualTo(one.parameters());
      assertThat(other.statistics()).isEqualTo(one.statistics());
      for (StateKind kind : StateKind.values()) {
        assertThat(States.read(other, kind)).containsExactly(States.read(one, kind));
      }
    }
  }

  private static double apart(List<StepResult> ones, List<StepResult> others) {
    double apart = 0;
    for (int k = 0; k < ones.size(); k++) {
      for (int i = 0; i < ones.get(k).losses().size(); i++) {
        LossTerm one = ones.get(k).losses().get(i);
        LossTerm other = others.get(k).losses().get(i);
        assertThat(other.name()).isEqualTo(one.name());
        apart = Math.max(apart, Math.abs(one.value() - other.value()) / Math.abs(one.value()));
      }
    }
    return apart;
  }

  /** Trained by one engine, read by the other: every state vector, in either direction. */
  private static void assertSamePredictions(
      DecoupledNetwork dl4j, DecoupledNetwork torch, Batches batches) {
    Batch batch = batches.of(30, 99);
    for (boolean back : new boolean[] {false, true}) {
      DecoupledNetwork writer = back ? torch : dl4j;
      DecoupledNetwork reader = back ? dl4j : torch;
      for (int k = 0; k < writer.blocks().size(); k++) {
        for (StateKind kind : StateKind.values()) {
          reader.blocks().get(k).adopt(kind, States.read(writer.blocks().get(k), kind));
        }
      }
      List<float[]> written = writer.scores(batch);
      List<float[]> read = reader.scores(batch);
      for (int k = 0; k < written.size(); k++) {
        assertThat(read.get(k))
            .containsExactly(written.get(k), org.assertj.core.data.Offset.offset(1e-4f));
      }
      step(writer, batches.of(24, 5));
      step(reader, batches.of(24, 5));
      assertThat(apart(step(writer, batch), step(reader, batch))).isLessThan(TOLERANCE);
    }
  }
}
