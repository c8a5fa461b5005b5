package io.blockwise.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.spec.LayerSpec.BatchNorm;
import io.blockwise.model.spec.LayerSpec.Convolution;
import io.blockwise.model.spec.LayerSpec.Dense;
import io.blockwise.model.spec.LayerSpec.Flatten;
import io.blockwise.model.spec.LayerSpec.MaxPool;
import io.blockwise.model.spec.LayerSpec.Relu;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackboneTest {
  private static final Shape IMAGE = Shape.map(3, 32, 32);

  @Test
  void vggSmallDoublesItsFiltersPerStage() {
    assertThat(outputs(new Backbone.VggSmall(32)))
        .containsExactly(Shape.map(32, 16, 16), Shape.map(64, 8, 8), Shape.map(128, 4, 4));
    assertThat(new Backbone.VggSmall(32).blocks().get(1))
        .containsExactly(
            new Convolution(64, 3, 1, 1, false),
            new BatchNorm(),
            new Relu(),
            new Convolution(64, 3, 1, 1, false),
            new BatchNorm(),
            new Relu(),
            new MaxPool(2, 2));
  }

  @Test
  void vgg8HasThePublishedNumberOfConvolutionWeights() {
    Backbone vgg8 = new Backbone.Vgg8(128);
    assertThat(outputs(vgg8))
        .containsExactly(
            Shape.map(256, 16, 16),
            Shape.map(512, 8, 8),
            Shape.map(512, 4, 4),
            Shape.map(512, 2, 2));
    int channels = 3;
    long weights = 0;
    for (LayerSpec layer : vgg8.blocks().stream().flatMap(List::stream).toList()) {
      if (layer instanceof Convolution convolution) {
        weights += 9L * channels * convolution.filters();
        channels = convolution.filters();
      }
    }
    assertThat(weights).isEqualTo(6_786_432);
  }

  @Test
  void mlpHasOneHiddenLayerPerBlockAndFlattensOnce() {
    assertThat(new Backbone.Mlp(List.of(1024, 512)).blocks())
        .containsExactly(
            List.of(new Flatten(), new Dense(1024, true), new Relu()),
            List.of(new Dense(512, true), new Relu()));
  }

  @Test
  void widthsBelowOneAreRefused() {
    assertThatThrownBy(() -> new Backbone.VggSmall(0))
        .hasMessage("Invalid vgg-small.width: 0 (must be at least 1)");
    assertThatThrownBy(() -> new Backbone.Vgg8(-1))
        .hasMessage("Invalid vgg8.width: -1 (must be at least 1)");
    assertThatThrownBy(() -> new Backbone.Mlp(List.of()))
        .hasMessage("Invalid mlp.hidden: [] (must be one or more widths, each at least 1)");
    assertThatThrownBy(() -> new Backbone.Mlp(List.of(8, 0)))
        .hasMessageStartingWith("Invalid mlp.hidden: [8, 0]");
  }

  private static List<Shape> outputs(Backbone backbone) {
    List<Shape> shapes = new ArrayList<>();
    Shape shape = IMAGE;
    for (List<LayerSpec> block : backbone.blocks()) {
      for (LayerSpec layer : block) {
        shape = layer.output(shape);
      }
      shapes.add(shape);
    }
    return shapes;
  }
}
