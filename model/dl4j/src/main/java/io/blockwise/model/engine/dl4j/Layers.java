package io.blockwise.model.engine.dl4j;

import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.ModuleSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.List;

/** Translates specifications to layers. */
final class Layers {
  private Layers() {}

  /** The layers of a module, one behind the other. */
  static Chain of(ModuleSpec module, Construction in) {
    List<Layer> layers = new ArrayList<>();
    Shape shape = module.input();
    boolean scratch = false;
    for (ModuleSpec.Part part : module.parts()) {
      layers.add(layer(part.name(), part.layer(), shape, scratch, in));
      shape = part.layer().output(shape);
      scratch = forgetsOutput(part.layer());
    }
    return new Chain(module.input(), layers);
  }

  /** Whether a layer's backward pass does without its output, so that the next may overwrite it. */
  private static boolean forgetsOutput(LayerSpec spec) {
    return !(spec instanceof LayerSpec.Relu
        || spec instanceof LayerSpec.Flatten
        || spec instanceof LayerSpec.GlobalAveragePool);
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
    if (spec instanceof LayerSpec.GlobalAveragePool) {
      return input.isMap() ? PoolLayer.global(name, input, in) : new Chain(input, List.of());
    }
    if (spec instanceof LayerSpec.Flatten) {
      return input.isMap() ? new FlattenLayer(name, input, in) : new Chain(input, List.of());
    }
    if (spec instanceof LayerSpec.Dense dense) {
      return new DenseLayer(name, dense.units(), dense.bias(), in);
    }
    throw new AssertionError("layer without a translation: " + spec);
  }
}
