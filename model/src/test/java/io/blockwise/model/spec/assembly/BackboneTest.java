package io.blockwise.model.spec.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LayerSpec.BatchNorm;
import io.blockwise.model.spec.LayerSpec.Convolution;
import io.blockwise.model.spec.LayerSpec.Dense;
import io.blockwise.model.spec.LayerSpec.Flatten;
import io.blockwise.model.spec.LayerSpec.MaxPool;
import io.blockwise.model.spec.LayerSpec.Relu;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.Specs;
import io.blockwise.model.spec.TensorSpec;
import io.blockwise.model.spec.assembly.Backbone.Activation;
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
    assertThat(convolutionWeights(vgg8)).isEqualTo(6_786_432);
  }

  @Test
  void cnnHasThePublishedNumberOfConvolutionWeights() {
    Backbone cnn = new Backbone.Cnn(32, Activation.RELU);
    assertThat(outputs(cnn))
        .containsExactly(
            Shape.map(32, 32, 32),
            Shape.map(32, 16, 16),
            Shape.map(64, 16, 16),
            Shape.map(64, 8, 8));
    assertThat(convolutionWeights(cnn)).isEqualTo(157_536);
    assertThat(new Backbone.Cnn(8, Activation.ELU).blocks().get(1))
        .containsExactly(
            new Convolution(8, 3, 1, 1, true),
            new LayerSpec.Elu(1),
            new Convolution(8, 3, 2, 1, true),
            new LayerSpec.Elu(1));
  }

  @Test
  void vggWideHasThePublishedNumberOfConvolutionWeights() {
    Backbone wide = new Backbone.VggWide(128);
    assertThat(outputs(wide)).isEqualTo(outputs(new Backbone.Vgg8(128)));
    assertThat(convolutionWeights(wide)).isEqualTo(9_440_640);
  }

  @Test
  void resnet18HasThePublishedNumberOfConvolutionWeightsWithEitherShortcut() {
    Backbone narrow = new Backbone.Resnet18(64, Backbone.Shortcut.CONV1X1, Activation.RELU);
    Backbone wide = new Backbone.Resnet18(64, Backbone.Shortcut.CONV3X3, Activation.LEAKY_RELU);
    assertThat(outputs(narrow))
        .isEqualTo(outputs(wide))
        .containsExactly(
            Shape.map(64, 32, 32),
            Shape.map(128, 16, 16),
            Shape.map(256, 8, 8),
            Shape.map(512, 4, 4));
    assertThat(convolutionWeights(narrow)).isEqualTo(11_159_232);
    assertThat(convolutionWeights(wide)).isEqualTo(12_535_488);
    assertThat(wide.blocks().get(3).get(1)).isEqualTo(new LayerSpec.LeakyRelu(0.01));
  }

  @Test
  void residualUnitsOfAStageAreTheFirstWithAStrideAndTheOthersWithoutShortcut() {
    List<LayerSpec> stage =
        new Backbone.Resnet18(8, Backbone.Shortcut.CONV1X1, Activation.RELU).blocks().get(1);
    assertThat(stage)
        .containsExactly(
            new LayerSpec.Residual(
                body(16, 2), List.of(new Convolution(16, 1, 2, 0, false), new BatchNorm())),
            new Relu(),
            new LayerSpec.Residual(body(16, 1), List.of()),
            new Relu());
  }

  private static List<LayerSpec> body(int filters, int stride) {
    return List.of(
        new Convolution(filters, 3, stride, 1, false),
        new BatchNorm(),
        new Relu(),
        new Convolution(filters, 3, 1, 1, false),
        new BatchNorm());
  }

  @Test
  void narrowResnetsHaveAsManyLayersWithWeightsAsTheirNameSays() {
    for (int depth : new int[] {32, 110}) {
      Backbone resnet = depth == 32 ? new Backbone.Resnet32(16) : new Backbone.Resnet110(16);
      assertThat(outputs(resnet))
          .containsExactly(
              Shape.map(16, 32, 32),
              Shape.map(16, 32, 32),
              Shape.map(32, 16, 16),
              Shape.map(64, 8, 8));
      // beside the two 1x1 shortcuts, and without the classifier
      assertThat(convolutions(resnet)).hasSize(depth - 1 + 2);
    }
  }

  @Test
  void mlpReadsVectorsAsTheyAre() {
    Shape vector = Shape.vector(5);
    Shape output = vector;
    for (LayerSpec layer : new Backbone.Mlp(List.of(7)).blocks().get(0)) {
      output = layer.output(output);
    }
    assertThat(new Flatten().output(vector)).isEqualTo(vector);
    assertThat(output).isEqualTo(Shape.vector(7));
  }

  @Test
  void mlpHasOneHiddenLayerPerBlockAndFlattensOnce() {
    assertThat(new Backbone.Mlp(List.of(1024, 512)).blocks())
        .containsExactly(
            List.of(new Flatten(), new Dense(1024, true), new Relu()),
            List.of(new Dense(512, true), new Relu()));
  }

  @Test
  void mlpMayHaveOtherActivationsAndBatchNormsInPlaceOfBiases() {
    assertThat(new Backbone.Mlp(List.of(7), Activation.SIGMOID, true).blocks())
        .containsExactly(
            List.of(new Flatten(), new Dense(7, false), new BatchNorm(), new LayerSpec.Sigmoid()));
    assertThat(new Backbone.Mlp(List.of(7), Activation.TANH, false).blocks().get(0))
        .endsWith(new Dense(7, true), new LayerSpec.Tanh());
  }

  @Test
  void widthsBelowOneAreRefused() {
    assertThatThrownBy(() -> new Backbone.Cnn(0, Activation.RELU))
        .hasMessage("Invalid cnn.width: 0 (must be at least 1)");
    assertThatThrownBy(() -> new Backbone.VggWide(0))
        .hasMessage("Invalid vgg-wide.width: 0 (must be at least 1)");
    assertThatThrownBy(() -> new Backbone.Resnet18(0, Backbone.Shortcut.CONV1X1, Activation.RELU))
        .hasMessage("Invalid resnet18.width: 0 (must be at least 1)");
    assertThatThrownBy(() -> new Backbone.Resnet32(0))
        .hasMessage("Invalid resnet32.width: 0 (must be at least 1)");
    assertThatThrownBy(() -> new Backbone.Resnet110(0))
        .hasMessage("Invalid resnet110.width: 0 (must be at least 1)");
    assertThatThrownBy(() -> new Backbone.VggSmall(0))
        .hasMessage("Invalid vgg-small.width: 0 (must be at least 1)");
    assertThatThrownBy(() -> new Backbone.Vgg8(-1))
        .hasMessage("Invalid vgg8.width: -1 (must be at least 1)");
    assertThatThrownBy(() -> new Backbone.Mlp(List.of()))
        .hasMessage("Invalid mlp.hidden: [] (must be one or more widths, each at least 1)");
    assertThatThrownBy(() -> new Backbone.Mlp(List.of(8, 0)))
        .hasMessageStartingWith("Invalid mlp.hidden: [8, 0]");
  }

  private static long convolutionWeights(Backbone backbone) {
    return convolutions(backbone).stream()
        .flatMap(
            tensor ->
                tensor.shape().stream()
                    .map(Integer::longValue)
                    .reduce(Math::multiplyExact)
                    .stream())
        .mapToLong(Long::longValue)
        .sum();
  }

  private static List<TensorSpec> convolutions(Backbone backbone) {
    List<LayerSpec> layers = backbone.blocks().stream().flatMap(List::stream).toList();
    return Specs.module(IMAGE, layers).tensors().stream()
        .filter(tensor -> tensor.shape().size() == 4)
        .toList();
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
