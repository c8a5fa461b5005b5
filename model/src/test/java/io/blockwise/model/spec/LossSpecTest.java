package io.blockwise.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LossSpecTest {
  private static final Shape MAP = Shape.map(4, 6, 6);

  @ParameterizedTest
  @EnumSource(HeadSpec.Kind.class)
  void aHeadReadsMapsAndVectors(HeadSpec.Kind kind) {
    for (Shape output : List.of(MAP, Shape.vector(9))) {
      ModuleSpec head = predSim(kind).modules(Border.of(output), 10).get("head");
      assertThat(head.input()).isEqualTo(output);
      assertThat(head.output().getClass())
          .isEqualTo(kind == HeadSpec.Kind.CONVOLUTION ? output.getClass() : Shape.Vector.class);
    }
  }

  @Test
  void aBlockHandsOnNoTargetThatItsLossDoesNotMake() {
    Border in = Border.of(Shape.map(3, 32, 32)).withTarget(Shape.vector(10));
    for (BlockSpec block : Specs.small(Method.PREDSIM).blocks()) {
      in = block.output(in, 10);
    }
    assertThat(in).isEqualTo(Border.of(Shape.map(32, 4, 4)));
  }

  @Test
  void aContrastOfMapsIsRefused() {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.CONVOLUTION, Features.POOLED, 1, 1);
    assertThatThrownBy(() -> new LossSpec.Scpl(0.1, LossSpec.Divisor.KHOSLA, head))
        .hasMessage(
            "Invalid scpl.head.kind: convolution (must be identity, linear, mlp or mlp-bn)");
  }

  @Test
  void aShareAboveOneIsRefused() {
    assertThatThrownBy(() -> new LossSpec.PredSim(1.5, Specs.HEAD))
        .hasMessage("Invalid predsim.beta: 1.5 (must be from 0.0 to 1.0)");
  }

  @Test
  void aLossThatCannotReadABlocksOutputIsRefusedWithTheBlock() {
    List<LayerSpec> narrow = List.of(new LayerSpec.Flatten(), new LayerSpec.Dense(1, true));
    BlockSpec block =
        new BlockSpec(
            narrow,
            predSim(HeadSpec.Kind.CONVOLUTION),
            new ExitSpec(Features.POOLED),
            Specs.OPTIMISER);
    assertThatThrownBy(() -> new NetworkSpec(MAP, 10, List.of(block)))
        .hasMessage(
            "Cannot build block 1 for input [4, 6, 6]: Invalid output for predsim: [1] (must have at"
                + " least 2 values to compare rows by) (choose another backbone or loss, or data of"
                + " another shape)");
  }

  private static LossSpec predSim(HeadSpec.Kind kind) {
    return new LossSpec.PredSim(0.99, new HeadSpec(kind, Features.POOLED, 7, 5));
  }
}
