package io.blockwise.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FeaturesTest {
  @ParameterizedTest
  @CsvSource({
    "POOLED, 16, 16, 3",
    "POOLED, 2, 2, 3",
    "FLAT, 16, 8, 384",
    "FLAT, 2, 2, 12",
    "GRID, 16, 16, 48",
    "GRID, 7, 6, 48",
    "GRID, 4, 4, 48",
    "GRID, 3, 9, 36",
    "GRID, 2, 2, 12"
  })
  void aMapBecomesAVectorOfSoManyValues(Features features, int height, int width, int values) {
    assertThat(read(features, Shape.map(3, height, width)).output())
        .isEqualTo(Shape.vector(values));
  }

  @Test
  void theGridOfASmallMapNeedsNoPooling() {
    assertThat(read(Features.GRID, Shape.map(3, 4, 2)).parts())
        .extracting(ModuleSpec.Part::layer)
        .isEqualTo(List.of(new LayerSpec.Flatten()));
  }

  @ParameterizedTest
  @EnumSource
  void aVectorIsReadAsItIs(Features features) {
    assertThat(read(features, Shape.vector(9)).parts()).isEmpty();
  }

  @Test
  void aSideOfNoWindowsIsRefused() {
    assertThatThrownBy(() -> new LayerSpec.AdaptiveAveragePool(0))
        .hasMessage("Invalid adaptive-average-pool.side: 0 (must be at least 1)");
  }

  @Test
  void windowsOverAVectorAreRefused() {
    assertThatThrownBy(() -> new LayerSpec.AdaptiveAveragePool(4).output(Shape.vector(9)))
        .hasMessage(
            "Invalid adaptive-average-pool input: [9] (must be a map [channels, height, width])");
  }

  private static ModuleSpec read(Features features, Shape output) {
    return features.behind(ModuleSpec.of(output), "exit.features");
  }
}
