package io.blockwise.model.spec.assembly;

import io.blockwise.model.spec.LayerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a network is made of: a layer with weights (a convolution, a residual or a fully connected
 * layer), with the norm and the activation behind it, and the pools that follow. Immutable.
 *
 * @param before layers of the same block before the first of its weights
 * @param core the layer with the weight, its norm and its activation
 * @param after layers that only change the shape: pools, flatten
 */
record Unit(List<LayerSpec> before, List<LayerSpec> core, List<LayerSpec> after) {
  Unit {
    before = List.copyOf(before);
    core = List.copyOf(core);
    after = List.copyOf(after);
  }

  /** The units of a block, in order; none if none of its layers has a weight. */
  static List<Unit> of(List<LayerSpec> block) {
    List<Unit> units = new ArrayList<>();
    int start = 0;
    int next = weight(block, 0);
    while (next < block.size()) {
      int end = weight(block, next + 1);
      int shape = firstAfterCore(block, next, end);
      units.add(
          new Unit(
              block.subList(start, next), block.subList(next, shape), block.subList(shape, end)));
      start = end;
      next = end;
    }
    return units;
  }

  /** The layers of a block up to the end of its first core; all if none of them has a weight. */
  static List<LayerSpec> first(List<LayerSpec> block) {
    List<Unit> units = of(block);
    return units.isEmpty()
        ? block
        : block.subList(0, units.get(0).before.size() + units.get(0).core.size());
  }

  /** Index of the first layer from there on that begins a unit; the number of layers if none. */
  private static int weight(List<LayerSpec> block, int from) {
    int at = from;
    while (at < block.size() && !beginsUnit(block.get(at))) {
      at++;
    }
    return at;
  }

  private static int firstAfterCore(List<LayerSpec> block, int from, int end) {
    int at = from;
    while (at < end && !changesShapeOnly(block.get(at))) {
      at++;
    }
    return at;
  }

  private static boolean beginsUnit(LayerSpec layer) {
    return layer instanceof LayerSpec.Convolution
        || layer instanceof LayerSpec.Dense
        || layer instanceof LayerSpec.Residual;
  }

  private static boolean changesShapeOnly(LayerSpec layer) {
    return layer instanceof LayerSpec.MaxPool
        || layer instanceof LayerSpec.AveragePool
        || layer instanceof LayerSpec.AdaptiveAveragePool
        || layer instanceof LayerSpec.GlobalAveragePool
        || layer instanceof LayerSpec.Flatten;
  }

  /** By how much the layer with the weight makes a map smaller. */
  int stride() {
    if (core.get(0) instanceof LayerSpec.Residual residual) {
      return convolutions(residual.body())
          .mapToInt(LayerSpec.Convolution::stride)
          .reduce(1, Math::multiplyExact);
    }
    return core.get(0) instanceof LayerSpec.Convolution convolution ? convolution.stride() : 1;
  }

  /**
   * Channels, or values, behind some layers; 0 where that is not known, as behind a map that is
   * flattened.
   *
   * @param read those that go in
   */
  static int width(List<LayerSpec> layers, int read) {
    int width = read;
    for (LayerSpec layer : layers) {
      if (layer instanceof LayerSpec.Convolution convolution) {
        width = convolution.filters();
      } else if (layer instanceof LayerSpec.Dense dense) {
        width = dense.units();
      } else if (layer instanceof LayerSpec.Residual residual) {
        width = width(residual.body(), width);
      } else if (layer instanceof LayerSpec.Flatten) {
        width = 0;
      }
    }
    return width;
  }

  /** All layers, in order. */
  List<LayerSpec> layers() {
    return Stream.of(before, core, after).flatMap(List::stream).toList();
  }

  private static Stream<LayerSpec.Convolution> convolutions(List<LayerSpec> layers) {
    return layers.stream()
        .filter(LayerSpec.Convolution.class::isInstance)
        .map(LayerSpec.Convolution.class::cast);
  }

  /** The unit with that share of the filters or units of every layer with a weight. */
  Unit narrowed(double share) {
    return new Unit(before, narrowed(core, share), after);
  }

  private static List<LayerSpec> narrowed(List<LayerSpec> layers, double share) {
    return layers.stream().map(layer -> narrowed(layer, share)).toList();
  }

  private static LayerSpec narrowed(LayerSpec layer, double share) {
    if (layer instanceof LayerSpec.Convolution c) {
      return new LayerSpec.Convolution(
          share(c.filters(), share), c.kernel(), c.stride(), c.padding(), c.bias());
    }
    if (layer instanceof LayerSpec.Dense dense) {
      return new LayerSpec.Dense(share(dense.units(), share), dense.bias());
    }
    return layer instanceof LayerSpec.Residual residual
        ? new LayerSpec.Residual(
            narrowed(residual.body(), share), narrowed(residual.shortcut(), share))
        : layer;
  }

  private static int share(int width, double share) {
    return (int) Math.max(1, Math.rint(width * share));
  }

  /**
   * The core for another place.
   *
   * @param read channels, or values, that it reads there, 0 if that is not known: a shortcut that
   *     hands on what it reads becomes a convolution or a dense layer where that does not fit
   * @param factor on its stride; of no effect on a fully connected layer
   */
  List<LayerSpec> copy(int read, int factor) {
    List<LayerSpec> layers = new ArrayList<>(core);
    LayerSpec weight = core.get(0);
    if (weight instanceof LayerSpec.Convolution) {
      layers = slower(layers, factor);
    }
    if (weight instanceof LayerSpec.Residual residual) {
      layers.set(
          0,
          new LayerSpec.Residual(
              slower(residual.body(), factor), shortcut(residual, read, factor)));
    }
    return layers;
  }

  private static List<LayerSpec> shortcut(LayerSpec.Residual residual, int read, int factor) {
    int width = width(residual.body(), read);
    boolean ofMap = convolutions(residual.body()).findAny().isPresent();
    if (!residual.shortcut().isEmpty() || read == width && (factor == 1 || !ofMap)) {
      return slower(residual.shortcut(), factor);
    }
    LayerSpec projection =
        ofMap
            ? new LayerSpec.Convolution(width, 1, factor, 0, false)
            : new LayerSpec.Dense(width, false);
    return List.of(projection, new LayerSpec.BatchNorm());
  }

  /** The same layers, the stride of the first convolution times a factor. */
  private static List<LayerSpec> slower(List<LayerSpec> layers, int factor) {
    List<LayerSpec> slower = new ArrayList<>(layers);
    for (int i = 0; i < slower.size(); i++) {
      if (slower.get(i) instanceof LayerSpec.Convolution c) {
        slower.set(
            i,
            new LayerSpec.Convolution(
                c.filters(), c.kernel(), c.stride() * factor, c.padding(), c.bias()));
        return slower;
      }
    }
    return slower;
  }
}
