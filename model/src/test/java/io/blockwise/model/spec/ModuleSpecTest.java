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
      Set.of(Convolution.class, BatchNorm.class, MaxPool.class, AveragePool.class, Dense.class);

  private static final Set<Class<?>> OF_MAPS =
      Set.of(
          Convolution.class,
          MaxPool.class,
          AveragePool.class,
          GlobalAveragePool.class,
          Flatten.class);

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
        new GlobalAveragePool(),
        new Flatten(),
        new Dense(5, true));
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
    assertThat(onlyTheOutputOfLayersThatAreListedIsWrittenOver().map(Object::getClass))
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
  void layersThatDoNotFitAreRefused() {
    ModuleSpec module = ModuleSpec.of(MAP);
    assertThatThrownBy(() -> module.then("head.0", new Dense(5, true)))
        .hasMessage(
            "Invalid dense input: [3, 8, 8] (must be a vector: put a flatten layer before dense)");
  }
}
