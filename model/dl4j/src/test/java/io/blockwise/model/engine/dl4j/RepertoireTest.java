package io.blockwise.model.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.engine.SmallBlocks;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Context;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.Momentum;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.Precision;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.SideInput;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepertoireTest {
  @Test
  void whatTheEngineIsTestedWithItDoesNotRefuse() {
    NetworkSpec network =
        new NetworkSpec(SmallBlocks.INPUT, 3, List.of(SmallBlocks.contrastive(4)));
    assertThat(new Dl4jProvider().refusal(network, Precision.FLOAT32)).isEmpty();
    for (List<LayerSpec> layers : SmallBlocks.oddLayers()) {
      NetworkSpec odd = new NetworkSpec(SmallBlocks.INPUT, 3, List.of(SmallBlocks.clipped(layers)));
      assertThat(new Dl4jProvider().refusal(odd, Precision.FLOAT32)).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"TF32, tf32", "BFLOAT16, bfloat16"})
  void anotherPrecisionIsRefused(Precision precision, String name) {
    NetworkSpec network =
        new NetworkSpec(SmallBlocks.INPUT, 3, List.of(SmallBlocks.contrastive(4)));
    assertThat(new Dl4jProvider().refusal(network, precision))
        .hasValue(
            "it computes in float32 only, and precision is "
                + name
                + " (set precision = float32, or engine = torch)");
  }

  @Test
  void aPartThatIsNotListedIsNamedWithItsBlockBesideThoseThatAre() {
    Repertoire all = Repertoire.OF_DL4J;
    NetworkSpec network =
        new NetworkSpec(
            SmallBlocks.INPUT,
            3,
            List.of(SmallBlocks.clipped(plain()), SmallBlocks.contrastive(4)));
    assertRefused(
        new Repertoire(Set.of(LossSpec.CrossEntropy.class), all.layers(), all.optimisers()),
        network,
        "it has no loss scpl (only cross-entropy), which block 2 needs (use engine = torch)");
    assertRefused(
        new Repertoire(all.losses(), all.layers(), Set.of(OptimiserSpec.Sgd.class)),
        network,
        "it has no optimiser adam (only sgd), which block 1 needs (use engine = torch)");
    Set<Class<? extends LayerSpec>> layers =
        Set.of(
            LayerSpec.Convolution.class,
            LayerSpec.BatchNorm.class,
            LayerSpec.Relu.class,
            LayerSpec.GlobalAveragePool.class,
            LayerSpec.Dense.class);
    assertRefused(
        new Repertoire(all.losses(), layers, all.optimisers()),
        network,
        "it has no layer max-pool (only batch-norm, convolution, dense, global-average-pool, relu)"
            + " for layers.3, which block 2 needs (use engine = torch)");
  }

  @Test
  void whatABlockNeedsBesideItsPartsIsRefused() {
    BlockSpec block = SmallBlocks.contrastive(4);
    assertRefused(
        Repertoire.OF_DL4J,
        new NetworkSpec(SmallBlocks.INPUT, 3, List.of(block.ofSpan(2), block)),
        "it has no span 2, which block 1 needs (use engine = torch)");
    assertRefused(
        Repertoire.OF_DL4J,
        new NetworkSpec(SmallBlocks.INPUT, 3, List.of(block, block.with(Context.IMAGE))),
        "it has no context, which block 2 needs (use engine = torch)");
    Momentum momentum = new Momentum(block.layers(), 0.9);
    assertRefused(
        Repertoire.OF_DL4J,
        new NetworkSpec(SmallBlocks.INPUT, 3, List.of(block.with(momentum), block)),
        "it has no momentum, which block 1 needs (use engine = torch)");
    SideInput numbers = new SideInput("numbers", Shape.vector(2), SideInput.Join.ADD, List.of());
    assertRefused(
        Repertoire.OF_DL4J,
        new NetworkSpec(SmallBlocks.INPUT, 3, List.of(block, block.with(List.of(numbers)))),
        "it has no side input, which block 2 needs (use engine = torch)");
  }

  @Test
  void layersOfHeadsAreLookedAtToo() {
    Set<Class<? extends LayerSpec>> layers = new HashSet<>(Repertoire.OF_DL4J.layers());
    layers.remove(LayerSpec.Dense.class);
    NetworkSpec network =
        new NetworkSpec(SmallBlocks.INPUT, 3, List.of(SmallBlocks.contrastive(4)));
    assertThat(
            new Repertoire(Repertoire.OF_DL4J.losses(), layers, Repertoire.OF_DL4J.optimisers())
                .refusal(network, Precision.FLOAT32))
        .hasValueSatisfying(
            text ->
                assertThat(text)
                    .startsWith("it has no layer dense (only ")
                    .endsWith(" for head.0, which block 1 needs (use engine = torch)"));
  }

  private static void assertRefused(Repertoire repertoire, NetworkSpec network, String refusal) {
    assertThat(repertoire.refusal(network, Precision.FLOAT32)).hasValue(refusal);
  }

  private static List<LayerSpec> plain() {
    return List.of(new LayerSpec.Convolution(3, 3, 1, 1, false), new LayerSpec.Relu());
  }
}
