package io.blockwise.model.spec.cut;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.assembly.Backbone;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnitsTest {
  private static final LayerSpec NORM = new LayerSpec.BatchNorm();
  private static final LayerSpec RELU = new LayerSpec.Relu();
  private static final LayerSpec POOL = new LayerSpec.MaxPool(2, 2);
  private static final LayerSpec CONVOLUTION = new LayerSpec.Convolution(4, 3, 1, 1, false);
  private static final LayerSpec DENSE = new LayerSpec.Dense(5, true);
  private static final LayerSpec FLATTEN = new LayerSpec.Flatten();
  private static final LayerSpec RESIDUAL =
      new LayerSpec.Residual(List.of(CONVOLUTION, NORM), List.of());

  @Test
  void unitIsALayerWithWeightsWithItsNormActivationAndPool() {
    assertThat(
            Units.of(List.of(CONVOLUTION, NORM, RELU, POOL, RESIDUAL, RELU, RESIDUAL, RELU, POOL)))
        .containsExactly(
            List.of(CONVOLUTION, NORM, RELU, POOL),
            List.of(RESIDUAL, RELU),
            List.of(RESIDUAL, RELU, POOL));
  }

  @Test
  void whatComesBeforeTheFirstWeightsBelongsToTheFirstUnit() {
    assertThat(Units.of(List.of(NORM, FLATTEN, DENSE, RELU, DENSE)))
        .containsExactly(List.of(NORM, FLATTEN, DENSE, RELU), List.of(DENSE));
  }

  @Test
  void whatMakesAVectorOfAMapBelongsToTheUnitThatReadsIt() {
    LayerSpec global = new LayerSpec.GlobalAveragePool();
    assertThat(Units.of(List.of(CONVOLUTION, RELU, FLATTEN, NORM, DENSE, RELU)))
        .containsExactly(List.of(CONVOLUTION, RELU), List.of(FLATTEN, NORM, DENSE, RELU));
    assertThat(Units.of(List.of(CONVOLUTION, RELU, global)))
        .containsExactly(List.of(CONVOLUTION, RELU, global));
    assertThat(Units.of(List.of(FLATTEN))).containsExactly(List.of(FLATTEN));
  }

  @Test
  void backbonesHaveAUnitForEachConvolutionDenseOrResidualLayer() {
    assertThat(units(new Backbone.Mlp(List.of(9, 8, 7)))).hasSize(3);
    assertThat(units(new Backbone.Cnn(8, Backbone.Activation.RELU))).hasSize(8);
    assertThat(units(new Backbone.VggWide(8))).hasSize(9);
    assertThat(units(new Backbone.Resnet32(8))).hasSize(16);
    assertThat(units(new Backbone.Resnet110(8))).hasSize(55);
  }

  @Test
  void blocksOfUnitsAreTheLayersAgain() {
    List<List<LayerSpec>> vgg = new Backbone.VggSmall(8).blocks();
    List<List<LayerSpec>> units = units(new Backbone.VggSmall(8));
    assertThat(Units.blocks(units, List.of(2, 2, 2))).isEqualTo(vgg);
    assertThat(Units.blocks(units, List.of(1, 5)).get(1))
        .startsWith(new LayerSpec.Convolution(8, 3, 1, 1, false))
        .endsWith(POOL)
        .hasSize(18);
  }

  private static List<List<LayerSpec>> units(Backbone backbone) {
    return Units.of(backbone.blocks().stream().flatMap(List::stream).toList());
  }
}
