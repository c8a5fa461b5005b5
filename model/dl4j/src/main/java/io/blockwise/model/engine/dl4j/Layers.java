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
    for (int i = 0; i < module.parts().size(); i++) {
      ModuleSpec.Part part = module.parts().get(i);
      layers.add(layer(part.name(), part.layer(), shape, module.mayOverwrite(i), in));
      shape = part.layer().output(shape);
    }
    return new Chain(module.input(), layers);
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
