package io.blockwise.model.spec;

import static io.blockwise.base.Checks.invalid;

import java.util.ArrayList;
import java.util.List;

/** What heads and exits have between a block's output and their last layer. */
final class HiddenLayers {
  private HiddenLayers() {}

  /** A copy of the widths of hidden layers, of which there has to be one. */
  static List<Integer> requireWidths(String key, List<Integer> widths) {
    if (widths.isEmpty() || widths.stream().anyMatch(width -> width < 1)) {
      throw invalid(key, widths, "must be one or more widths, each at least 1");
    }
    return List.copyOf(widths);
  }

  /** Fully connected layers on features, each with ReLU. */
  static List<LayerSpec> dense(List<Integer> units) {
    List<LayerSpec> layers = new ArrayList<>();
    for (int count : units) {
      layers.add(new LayerSpec.Dense(count, true));
      layers.add(new LayerSpec.Relu());
    }
    return layers;
  }

  /** The same with batch norm before each ReLU. */
  static List<LayerSpec> normalisedDense(List<Integer> units) {
    List<LayerSpec> layers = new ArrayList<>();
    for (int count : units) {
      layers.add(new LayerSpec.Dense(count, true));
      layers.add(new LayerSpec.BatchNorm());
      layers.add(new LayerSpec.Relu());
    }
    return layers;
  }

  /** 3x3 convolutions on a map, which keep its size, each with batch norm and ReLU. */
  static List<LayerSpec> convolutions(List<Integer> filters) {
    List<LayerSpec> layers = new ArrayList<>();
    for (int count : filters) {
      layers.add(new LayerSpec.Convolution(count, 3, 1, 1, false));
      layers.add(new LayerSpec.BatchNorm());
      layers.add(new LayerSpec.Relu());
    }
    return layers;
  }
}
