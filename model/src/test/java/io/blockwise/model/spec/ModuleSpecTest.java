package io.blockwise.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.Names;
import io.blockwise.model.spec.LayerSpec.AveragePool;
import io.blockwise.model.spec.LayerSpec.BatchNorm;
import io.blockwise.model.spec.LayerSpec.Convolution;
import io.blockwise.model.spec.LayerSpec.Dense;
import io.blockwise.model.spec.LayerSpec.Flatten;
import io.blockwise.model.spec.LayerSpec.GlobalAveragePool;
import io.blockwise.model.spec.LayerSpec.MaxPool;
import io.blockwise.model.spec.LayerSpec.Relu;
import io.blockwise.model.spec.LayerSpec.Residual;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModuleSpecTest {
  private static final Shape MAP = Shape.map(3, 8, 8);

  /** What gradient checks have shown to bear it. A further kind of layer is not among them. */
  private static final Set<Class<?>> OVERWRITABLE =
      Set.of(
          Convolution.class,
          BatchNorm.class,
          MaxPool.class,
          AveragePool.class,
          Dense.class,
          Residual.class);

  private static final Set<Class<?>> OF_MAPS =
      Set.of(
          Convolution.class,
          MaxPool.class,
          AveragePool.class,
          LayerSpec.AdaptiveAveragePool.class,
          GlobalAveragePool.class);

  static Stream<LayerSpec> onlyTheOutputOfLayersThatAreListedIsWrittenOver() {
    return Stream.of(
        new Convolution(4, 3, 1, 1, false),
        new BatchNorm(),
        new Relu(),
        new LayerSpec.Tanh(),
        new LayerSpec.Sigmoid(),
        new LayerSpec.Elu(1),
        new LayerSpec.LeakyRelu(0.01),
        new MaxPool(2, 2),
        new AveragePool(2, 2),
        new LayerSpec.AdaptiveAveragePool(2),
        new GlobalAveragePool(),
        new Flatten(),
        new Dense(5, true),
        residual(List.of(new Relu()), List.of()));
  }

  private static Residual residual(List<LayerSpec> body, List<LayerSpec> shortcut) {
    return new Residual(body, shortcut);
  }

  static Stream<LayerSpec> layersOfTexts() {
    return Stream.of(
        new TextLayers.Embedding(4, 1),
        new TextLayers.Positions(),
        new TextLayers.Lstm(3, true),
        new TextLayers.Attention(2, 0.1),
        new TextLayers.LayerNorm(),
        new TextLayers.Dropout(0.1),
        new TextLayers.TokenMean(),
        new TextLayers.FinalStates(TextLayers.FinalStates.Combined.SUM));
  }

  @ParameterizedTest
  @MethodSource("layersOfTexts")
  void onlyWhatReadsAnyShapeReadsAMap(LayerSpec layer) {
    ModuleSpec module = ModuleSpec.of(MAP);
    if (layer instanceof TextLayers.Dropout) {
      assertThat(module.then("layers.0", layer).output()).isEqualTo(MAP);
    } else {
      assertThatThrownBy(() -> module.then("layers.0", layer))
          .hasMessageStartingWith(
              "Invalid %s input: %s (must be ", Names.of(layer.getClass()), MAP);
    }
  }

  @ParameterizedTest
  @MethodSource
  void onlyTheOutputOfLayersThatAreListedIsWrittenOver(LayerSpec layer) {
    Shape input = layer instanceof Dense ? Shape.vector(7) : MAP;
    ModuleSpec module = ModuleSpec.of(input).then("layers", List.of(layer, new Relu()));
    assertThat(module.mayOverwrite(0)).as("the input, which others read").isFalse();
    assertThat(module.mayOverwrite(1)).isEqualTo(OVERWRITABLE.contains(layer.getClass()));
  }

  @Test
  void everyKindOfLayerIsAskedAbout() {
    Stream<LayerSpec> all =
        Stream.concat(onlyTheOutputOfLayersThatAreListedIsWrittenOver(), layersOfTexts());
    assertThat(all.map(Object::getClass))
        .isEqualTo(List.of(LayerSpec.class.getPermittedSubclasses()));
  }

  @ParameterizedTest
  @MethodSource("onlyTheOutputOfLayersThatAreListedIsWrittenOver")
  void whatReadsMapsRefusesVectors(LayerSpec layer) {
    ModuleSpec module = ModuleSpec.of(Shape.vector(7));
    if (!OF_MAPS.contains(layer.getClass())) {
      assertThat(module.then("head.0", layer).output()).isInstanceOf(Shape.Vector.class);
    } else {
      assertThatThrownBy(() -> module.then("head.0", layer))
          .hasMessage(
              "Invalid %s input: [7] (must be a map [channels, height, width])",
              Names.of(layer.getClass()));
    }
  }

  @Test
  void activationsOutOfBoundsAreRefused() {
    assertThatThrownBy(() -> new LayerSpec.Elu(0))
        .hasMessage("Invalid elu.alpha: 0.0 (must be a finite number above 0)");
    assertThatThrownBy(() -> new LayerSpec.LeakyRelu(1.5))
        .hasMessage("Invalid leaky-relu.slope: 1.5 (must be from 0.0 to 1.0)");
  }

  @Test
  void tensorsOfAResidualLayerAreNamedByTheSideThatTheyAreOn() {
    Residual inner = residual(List.of(new Convolution(6, 1, 1, 0, false)), List.of());
    Residual layer =
        residual(
            List.of(new Convolution(6, 3, 2, 1, false), inner),
            List.of(new Convolution(6, 1, 2, 0, true)));
    ModuleSpec module = ModuleSpec.of(MAP).then("layers", List.of(new Relu(), layer));
    assertThat(module.output()).isEqualTo(Shape.map(6, 4, 4));
    assertThat(module.tensors())
        .extracting(tensor -> tensor.name() + " " + tensor.shape())
        .containsExactly(
            "layers.1.body.0.weight [6, 3, 3, 3]",
            "layers.1.body.1.body.0.weight [6, 6, 1, 1]",
            "layers.1.shortcut.0.weight [6, 3, 1, 1]",
            "layers.1.shortcut.0.bias [6]");
    assertThat(module.allParts())
        .extracting(ModuleSpec.Part::name)
        .containsExactly(
            "layers.0",
            "layers.1",
            "layers.1.body.0",
            "layers.1.body.1",
            "layers.1.body.1.body.0",
            "layers.1.shortcut.0");
  }

  /** Both of its sides read it. */
  @Test
  void neitherSideOfAResidualLayerMayWriteOverWhatItReads() {
    Residual layer = residual(List.of(new BatchNorm(), new Relu()), List.of(new Relu()));
    ModuleSpec body = layer.body("layers.1", MAP);
    assertThat(body.mayOverwrite(0)).isFalse();
    assertThat(body.mayOverwrite(1)).isTrue();
    assertThat(layer.shortcut("layers.1", MAP).mayOverwrite(0)).isFalse();
  }

  @Test
  void residualLayerWhoseSidesDisagreeIsRefused() {
    Residual narrowed = residual(List.of(new Convolution(6, 3, 2, 1, false)), List.of());
    assertThatThrownBy(() -> ModuleSpec.of(MAP).then("layers.0", narrowed))
        .hasMessage(
            "Invalid residual: [6, 4, 4] by its body and [3, 8, 8] by its shortcut (must be one"
                + " shape: give the shortcut a convolution of the body's filters and strides)");
    assertThatThrownBy(() -> residual(List.of(), List.of(new Relu())))
        .hasMessage("Invalid residual.body: 0 (must be at least 1)");
  }

  @Test
  void layersThatDoNotFitAreRefused() {
    ModuleSpec module = ModuleSpec.of(MAP);
    assertThatThrownBy(() -> module.then("head.0", new Dense(5, true)))
        .hasMessage(
            "Invalid dense input: [3, 8, 8] (must be a vector: put a flatten layer before dense)");
  }
}
