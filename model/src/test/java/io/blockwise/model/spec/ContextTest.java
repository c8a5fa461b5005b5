package io.blockwise.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.spec.LayerSpec.AdaptiveAveragePool;
import io.blockwise.model.spec.LayerSpec.Convolution;
import io.blockwise.model.spec.LayerSpec.Dense;
import io.blockwise.model.spec.LayerSpec.Flatten;
import io.blockwise.model.spec.assembly.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What brings an image to the shape that a block reads. */
class ContextTest {
  private static final Shape IMAGE = Shape.map(3, 32, 32);

  @Test
  void aConvolutionIsAsFastAsItTakes() {
    for (int stride : new int[] {1, 2, 4, 8, 16, 32}) {
      assertThat(layers(IMAGE, Shape.map(7, 32 / stride, 32 / stride)))
          .containsExactly(new Convolution(7, 3, stride, 1, true));
    }
    assertThat(layers(Shape.map(3, 28, 28), Shape.map(7, 7, 7)))
        .containsExactly(new Convolution(7, 3, 4, 1, true));
    // three poolings of 28 pixels leave 3, which no stride gives
    assertThat(layers(Shape.map(3, 28, 28), Shape.map(7, 3, 3)))
        .containsExactly(new AdaptiveAveragePool(3), new Convolution(7, 3, 1, 1, true));
  }

  @Test
  void aVectorGetsAVector() {
    assertThat(layers(IMAGE, Shape.vector(9))).containsExactly(new Flatten(), new Dense(9, true));
    assertThat(layers(Shape.vector(4), Shape.vector(9))).containsExactly(new Dense(9, true));
  }

  private static List<LayerSpec> layers(Shape image, Shape input) {
    ModuleSpec module = Context.module(image, input);
    assertThat(module.output()).isEqualTo(input);
    assertThat(module.tensors())
        .extracting(TensorSpec::name)
        .containsExactly("context.weight", "context.bias");
    return module.parts().stream().map(ModuleSpec.Part::layer).toList();
  }

  @Test
  void ofMapsThatAreNotSquareOnlyAStrideGivesTheSize() {
    assertThat(layers(Shape.map(3, 32, 16), Shape.map(7, 8, 4)))
        .containsExactly(new Convolution(7, 3, 4, 1, true));
    for (Shape image : List.of(IMAGE, Shape.map(3, 28, 20))) {
      assertThatThrownBy(() -> Context.module(image, Shape.map(4, 3, 2)))
          .hasMessage(
              "Invalid context: an image of %s (must be larger by one stride for height and width"
                  + " than what the block reads, [4, 3, 2], or that be square)",
              image);
    }
  }

  @Test
  void theFirstBlockHasNone() {
    BlockSpec block = Specs.small(Method.PRED).blocks().get(0);
    assertThatThrownBy(() -> new NetworkSpec(IMAGE, 10, List.of(block.with(Context.IMAGE))))
        .hasMessage(
            "Invalid context: image (must be none for the first block, which reads the image"
                + " itself)");
  }
}
