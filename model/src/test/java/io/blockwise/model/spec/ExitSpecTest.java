package io.blockwise.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Exits, and heads, which are made of the same layers. */
class ExitSpecTest {
  private static final Shape MAP = Shape.map(3, 8, 8);

  @Test
  void aLinearExitHasTwoTensorsWithoutANumber() {
    assertThat(tensors(exit(ExitSpec.Kind.LINEAR)))
        .containsExactly("exit.weight[10, 48]", "exit.bias[10]");
  }

  @Test
  void layersOfAnExitAreNumberedBeforeAndBehindItsFeatures() {
    assertThat(tensors(exit(ExitSpec.Kind.MLP)))
        .containsExactly(
            "exit.hidden.0.weight[7, 48]",
            "exit.hidden.0.bias[7]",
            "exit.hidden.2.weight[5, 7]",
            "exit.hidden.2.bias[5]",
            "exit.weight[10, 5]",
            "exit.bias[10]");
    assertThat(tensors(exit(ExitSpec.Kind.SMALL_CONV)))
        .startsWith("exit.ahead.0.weight[7, 3, 3, 3]", "exit.ahead.1.weight[7]")
        .contains("exit.ahead.3.weight[5, 7, 3, 3]")
        .endsWith("exit.weight[10, 80]", "exit.bias[10]");
  }

  @Test
  void aConvolutionalHeadReadsItsOwnMapAsFeatures() {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.SMALL_CONV, Features.POOLED, List.of(7, 5), 6);
    assertThat(tensors(head.module(MAP)))
        .startsWith("head.ahead.0.weight[7, 3, 3, 3]")
        .endsWith("head.0.weight[6, 5]", "head.0.bias[6]");
  }

  @Test
  void aHeadOfTwoHiddenLayersIsNumberedThrough() {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.MLP_BN, Features.FLAT, List.of(7, 5), 6);
    assertThat(tensors(head.module(Shape.vector(4))))
        .contains("head.0.weight[7, 4]", "head.3.weight[5, 7]", "head.6.weight[6, 5]");
  }

  @ParameterizedTest
  @EnumSource
  void everyExitButTheConvolutionalOneReadsAVector(ExitSpec.Kind kind) {
    BlockSpec block =
        new BlockSpec(
            List.of(new LayerSpec.Flatten()),
            new LossSpec.CrossEntropy(),
            ExitSpec.of(kind, Features.GRID, List.of(7)),
            Specs.OPTIMISER);
    if (kind != ExitSpec.Kind.SMALL_CONV) {
      assertThat(new NetworkSpec(MAP, 10, List.of(block)).blocks()).hasSize(1);
      return;
    }
    assertThatThrownBy(() -> new NetworkSpec(MAP, 10, List.of(block)))
        .hasMessage(
            "Cannot build block 1 for input [3, 8, 8]: Invalid convolution input: [192] (must be a"
                + " map [channels, height, width]) (choose another backbone or loss, or data of"
                + " another shape)");
  }

  @ParameterizedTest
  @CsvSource({"'', []", "0, [0]", "'7,-1', '[7, -1]'"})
  void widthsBelowOneAndNoneAreRefused(String widths, String shown) {
    List<Integer> hidden =
        widths.isEmpty()
            ? List.of()
            : List.of(widths.split(",")).stream().map(Integer::valueOf).toList();
    assertThatThrownBy(() -> new HeadSpec(HeadSpec.Kind.MLP, Features.GRID, hidden, 6))
        .hasMessage(
            "Invalid head.hidden: " + shown + " (must be one or more widths, each at least 1)");
  }

  private static ModuleSpec exit(ExitSpec.Kind kind) {
    ExitSpec spec = ExitSpec.of(kind, Features.GRID, List.of(7, 5));
    return new LossSpec.CrossEntropy().exit(spec, MAP, 10).orElseThrow();
  }

  private static List<String> tensors(ModuleSpec module) {
    return module.tensors().stream().map(tensor -> tensor.name() + tensor.shape()).toList();
  }
}
