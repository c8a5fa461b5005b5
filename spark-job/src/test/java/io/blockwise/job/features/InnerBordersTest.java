package io.blockwise.job.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.config.Settings;
import io.blockwise.job.device.Engines;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Shape;
import io.blockwise.testing.RandomSeed;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InnerBordersTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final Shape INPUT = new Shape.FeatureMap(3, 32, 32);

  @TempDir Path directory;

  /** With batch norms and shortcuts, whose values would be others in the wrong place. */
  @ParameterizedTest
  @ValueSource(strings = {"vgg-small", "resnet18", "cnn", "mlp"})
  void cutAtItsBordersANetworkGivesWhatItGaveWhole(String backbone) {
    Settings settings = settings(backbone);
    NetworkSpec spec = settings.network(INPUT, 10);
    List<List<LayerSpec>> parts = settings.layersOfBlocks(INPUT, 10);
    assertThat(spec.blocks()).hasSize(1);
    InnerBorders borders = InnerBorders.of(spec, () -> parts).orElseThrow();
    assertThat(borders.cut().blocks()).hasSameSizeAs(parts);
    EngineChoice torch = settings.engineChoice().with(EngineName.TORCH);
    try (DecoupledNetwork whole = new DecoupledNetwork(Engines.create(torch), spec, 1)) {
      Block block = whole.blocks().get(0);
      block.adopt(StateKind.STATISTICS, positive(block.length(StateKind.STATISTICS)));
      try (DecoupledNetwork cut = borders.network(torch, block)) {
        Batch batch = new Batch(INPUT, 4);
        for (int i = 0; i < batch.inputs().length; i++) {
          batch.inputs()[i] = SEED.random().nextFloat() - 0.5f;
        }
        batch.rows(4);
        float[] expected = whole.output(batch, 0);
        assertThat(cut.output(batch, parts.size() - 1)).isEqualTo(expected);
        assertThat(expected).isNotEqualTo(cut.output(batch, 0));
      }
    }
  }

  private static float[] positive(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 0.5f + SEED.random().nextFloat();
    }
    return values;
  }

  @Test
  void theBordersAreWhereAnotherMethodWouldCut() {
    for (String cut : List.of("blocks=4", "blocks=0")) {
      NetworkSpec apart =
          SmallRuns.unprepared(directory, "backbone=vgg-small", "method=pred", cut)
              .network(INPUT, 10);
      Settings joined = SmallRuns.unprepared(directory, "backbone=vgg-small", "method=bp", cut);
      assertThat(InnerBorders.of(joined.network(INPUT, 10), () -> joined.layersOfBlocks(INPUT, 10)))
          .hasValueSatisfying(
              borders -> assertThat(borders.cut().borders()).isEqualTo(apart.borders()));
    }
  }

  @Test
  void networkOfOtherLayersOrOfSeveralBlocksHasNone() {
    List<List<LayerSpec>> others = settings("cnn").layersOfBlocks(INPUT, 10);
    assertThat(InnerBorders.of(settings("vgg-small").network(INPUT, 10), () -> others)).isEmpty();
    NetworkSpec apart = SmallRuns.unprepared(directory, "method=pred").network(INPUT, 10);
    assertThat(InnerBorders.of(apart, () -> fail("asked for a cut"))).isEmpty();
  }

  private Settings settings(String backbone) {
    return SmallRuns.unprepared(
        directory,
        "method=bp",
        "backbone=" + backbone,
        "resnet18.width=4",
        "cnn.width=4",
        "mlp.hidden=[16,16,16]");
  }
}
