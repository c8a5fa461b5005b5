package io.blockwise.model.engine.dl4j;

import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.List;

/** Translates specifications to layers. */
final class Layers {
  private Layers() {}

  /** The layers of a block, named {@code layers.0}, {@code layers.1} and so on. */
  static Chain of(List<LayerSpec> specs, Shape input, Construction in) {
    List<Layer> layers = new ArrayList<>();
    Shape shape = input;
    for (int i = 0; i < specs.size(); i++) {
      boolean scratch = i > 0 && forgetsOutput(specs.get(i - 1));
      layers.add(layer("layers." + i, specs.get(i), shape, scratch, in));
      shape = specs.get(i).output(shape);
    }
    return new Chain(input, layers);
  }

  /** The projection head that reads {@code output}: {@code head.0}, {@code head.2}. */
  static Chain head(HeadSpec spec, Shape output, Construction in) {
    List<Layer> layers = new ArrayList<>();
    layers.add(Exit.features("head.features", spec.features(), output, in));
    if (spec.kind() == HeadSpec.Kind.MLP) {
      layers.add(new DenseLayer("head.0", spec.hidden(), true, in));
      layers.add(new ReluLayer("head.1", Shape.vector(spec.hidden()), true, in));
      layers.add(new DenseLayer("head.2", spec.width(), true, in));
    } else if (spec.kind() == HeadSpec.Kind.LINEAR) {
      layers.add(new DenseLayer("head.0", spec.width(), true, in));
    }
    return new Chain(output, layers);
  }

  /** Whether a layer's backward pass does without its output, so that the next may overwrite it. */
  private static boolean forgetsOutput(LayerSpec spec) {
    return !(spec instanceof LayerSpec.Relu || spec instanceof LayerSpec.Flatten);
  }

  private static Layer layer(
      String name, LayerSpec spec, Shape input, boolean scratch, Construction in) {
    Shape output = spec.output(input);
    if (spec instanceof LayerSpec.Convolution convolution) {
      return new ConvolutionLayer(name, convolution, input, in);
    }
    if (spec instanceof LayerSpec.BatchNorm) {
      return new BatchNormLayer(name, input, scratch, in);
    }
    if (spec instanceof LayerSpec.Relu) {
      return new ReluLayer(name, input, scratch, in);
    }
    if (spec instanceof LayerSpec.MaxPool pool) {
      return PoolLayer.max(name, output, pool.kernel(), pool.stride(), in);
    }
    if (spec instanceof LayerSpec.AveragePool pool) {
      return PoolLayer.average(name, output, pool.kernel(), pool.stride(), in);
    }
    if (spec instanceof LayerSpec.Flatten) {
      return new FlattenLayer(name, input, in);
    }
    if (spec instanceof LayerSpec.Dense dense) {
      return new DenseLayer(name, dense.units(), dense.bias(), in);
    }
    throw new AssertionError("layer without a translation: " + spec);
  }
}
