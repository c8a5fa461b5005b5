package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BlockLayoutTest {
  private static final Shape IMAGE = Shape.map(3, 8, 8);

  /** The names and the order of models that are already published. */
  @Test
  void tensorsAreNamedAfterLayersHeadAndExit() {
    BlockLayout layout = layout(new LossSpec.Scpl(0.1, LossSpec.Divisor.KHOSLA, mlp()));
    assertThat(named(layout.parameters()))
        .containsExactly(
            "layers.0.weight [4, 3, 3, 3]",
            "layers.0.bias [4]",
            "layers.1.weight [4]",
            "layers.1.bias [4]",
            "head.0.weight [7, 4]",
            "head.0.bias [7]",
            "head.2.weight [6, 7]",
            "head.2.bias [6]",
            "exit.weight [5, 4]",
            "exit.bias [5]");
    assertThat(named(layout.statistics()))
        .containsExactly("layers.1.running_mean [4]", "layers.1.running_var [4]");
  }

  @Test
  void aHeadWithBatchNormHasRunningStatisticsBehindThoseOfTheLayers() {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.MLP_BN, Features.POOLED, 7, 6);
    BlockLayout layout = layout(new LossSpec.Scpl(0.1, LossSpec.Divisor.KHOSLA, head));
    assertThat(named(layout.statistics()))
        .endsWith("head.1.running_mean [7]", "head.1.running_var [7]");
    assertThat(named(layout.parameters())).contains("head.1.weight [7]", "head.3.weight [6, 7]");
  }

  @Test
  void whatALossHasNoUseForTakesNoSpace() {
    assertThat(layout(new LossSpec.CrossEntropy()).parameters().lengthOfHeads()).isZero();
    BlockLayout contrastive = layout(new LossSpec.Scpl(0.1, LossSpec.Divisor.KHOSLA, mlp()));
    assertThat(contrastive.parameters().lengthOfHeads()).isEqualTo(7 * 4 + 7 + 6 * 7 + 6);
  }

  @Test
  void valuesStartAsTheLayersSay() {
    BlockLayout layout = layout(new LossSpec.Scpl(0.1, LossSpec.Divisor.KHOSLA, mlp()));
    float[] parameters = layout.firstParameters(new SplittableRandom(1));
    float bound = (float) (1 / Math.sqrt(27));
    assertThat(tensor(layout, "layers.0.weight", parameters))
        .allSatisfy(value -> assertThat(value).isBetween(-bound, bound))
        .anySatisfy(value -> assertThat(Math.abs(value)).isGreaterThan(0.8f * bound));
    assertThat(tensor(layout, "layers.1.weight", parameters)).containsOnly(1f);
    assertThat(tensor(layout, "layers.1.bias", parameters)).containsOnly(0f);
    assertThat(layout.firstStatistics()).containsExactly(0, 0, 0, 0, 1, 1, 1, 1);
  }

  @Test
  void theExitOfSimilarityMatchingStartsAtNothing() {
    HeadSpec convolution = new HeadSpec(HeadSpec.Kind.CONVOLUTION, Features.POOLED, 1, 1);
    BlockLayout layout = layout(new LossSpec.PredSim(0.99, convolution));
    assertThat(named(layout.parameters()))
        .endsWith("head.0.weight [4, 4, 3, 3]", "exit.weight [5, 4]", "exit.bias [5]");
    float[] parameters = layout.firstParameters(new SplittableRandom(1));
    assertThat(tensor(layout, "exit.weight", parameters)).containsOnly(0f);
    assertThat(tensor(layout, "exit.bias", parameters)).containsOnly(0f);
    assertThat(tensor(layout, "head.0.weight", parameters)).doesNotContain(0f);
  }

  private static HeadSpec mlp() {
    return new HeadSpec(HeadSpec.Kind.MLP, Features.POOLED, 7, 6);
  }

  private static BlockLayout layout(LossSpec loss) {
    BlockSpec block =
        LayerProbe.block(
            List.of(
                new LayerSpec.Convolution(4, 3, 1, 1, true),
                new LayerSpec.BatchNorm(),
                new LayerSpec.Relu()));
    return BlockLayout.of(
        new BlockSpec(block.layers(), loss, new ExitSpec(Features.POOLED), block.optimiser()),
        Border.of(IMAGE),
        5);
  }

  private static List<String> named(TensorTable table) {
    return table.entries().stream().map(entry -> entry.name() + " " + entry.shape()).toList();
  }

  private static List<Float> tensor(BlockLayout layout, String name, float[] vector) {
    TensorTable.Entry entry =
        layout.parameters().entries().stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow();
    return LayerProbe.list(
        Arrays.copyOfRange(vector, entry.offset(), entry.offset() + entry.length()));
  }
}
