package io.blockwise.model.engine.dl4j;

import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.ModuleSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Translates specifications to layers. */
final class Layers {
  /** The layers of this engine, by the record that describes one. */
  static final Map<Class<? extends LayerSpec>, Maker> MAKERS =
      withTexts(
          Map.ofEntries(
              Map.entry(
                  LayerSpec.Convolution.class,
                  (spec, at) ->
                      new ConvolutionLayer(at.name, (LayerSpec.Convolution) spec, at.input, at.in)),
              Map.entry(
                  LayerSpec.BatchNorm.class,
                  (spec, at) -> new BatchNormLayer(at.name, at.input, at.overwrites, at.in)),
              Map.entry(
                  LayerSpec.Relu.class,
                  (spec, at) -> new ReluLayer(at.name, at.input, at.overwrites, at.in)),
              Map.entry(
                  LayerSpec.Tanh.class, (spec, at) -> at.function((f, x) -> f.math().tanh(x))),
              Map.entry(
                  LayerSpec.Sigmoid.class, (spec, at) -> at.function((f, x) -> f.nn().sigmoid(x))),
              Map.entry(LayerSpec.Elu.class, (spec, at) -> elu((LayerSpec.Elu) spec, at)),
              Map.entry(
                  LayerSpec.LeakyRelu.class,
                  (spec, at) -> {
                    double slope = ((LayerSpec.LeakyRelu) spec).slope();
                    return at.function((f, x) -> f.nn().leakyRelu(x, slope));
                  }),
              Map.entry(
                  LayerSpec.MaxPool.class,
                  (spec, at) -> PoolLayer.max(at.name, (LayerSpec.MaxPool) spec, at.input, at.in)),
              Map.entry(
                  LayerSpec.AveragePool.class,
                  (spec, at) ->
                      PoolLayer.average(at.name, (LayerSpec.AveragePool) spec, at.input, at.in)),
              Map.entry(
                  LayerSpec.AdaptiveAveragePool.class,
                  (spec, at) ->
                      AdaptivePool.of(
                          at.name, (LayerSpec.AdaptiveAveragePool) spec, at.map(), at.in)),
              Map.entry(
                  LayerSpec.GlobalAveragePool.class,
                  (spec, at) -> PoolLayer.global(at.name, at.map(), at.in)),
              Map.entry(LayerSpec.Flatten.class, (spec, at) -> flatten(at)),
              Map.entry(LayerSpec.Dense.class, (spec, at) -> dense((LayerSpec.Dense) spec, at)),
              Map.entry(
                  LayerSpec.Residual.class,
                  (spec, at) -> residual((LayerSpec.Residual) spec, at))));

  private Layers() {}

  private static Map<Class<? extends LayerSpec>, Maker> withTexts(
      Map<Class<? extends LayerSpec>, Maker> others) {
    Map<Class<? extends LayerSpec>, Maker> all = new HashMap<>(others);
    all.putAll(TextGraphs.MAKERS);
    return Map.copyOf(all);
  }

  /** Makes a layer of its record. */
  interface Maker {
    Layer of(LayerSpec spec, Place at);
  }

  /**
   * Where a layer stands.
   *
   * @param overwrites whether it may write over what it reads
   */
  record Place(String name, Shape input, boolean overwrites, Construction in) {
    /** What it reads, if that is a map. */
    Shape.FeatureMap map() {
      return input.requireMap(name);
    }

    /** A layer without parameters whose output has the shape of its input. */
    Layer function(BiFunction<SameDiff, SDVariable, SDVariable> operations) {
      return layer((graph, x) -> operations.apply(graph.operations(), x));
    }

    /** A layer whose output has the shape of its input. */
    Layer layer(GraphLayer.Definition definition) {
      return new GraphLayer(name, input, input, in.memory(), definition);
    }
  }

  /** The layers of a module, one behind the other. */
  static Chain of(ModuleSpec module, Construction in) {
    List<Layer> layers = new ArrayList<>();
    Shape shape = module.input();
    for (int i = 0; i < module.parts().size(); i++) {
      ModuleSpec.Part part = module.parts().get(i);
      Place at = new Place(part.name(), shape, module.mayOverwrite(i), in);
      layers.add(MAKERS.get(part.layer().getClass()).of(part.layer(), at));
      shape = part.layer().output(shape);
    }
    return new Chain(module.input(), layers);
  }

  /** Of parts, since ND4J's own has the alpha 1 only; the part below 0 is never above it. */
  private static Layer elu(LayerSpec.Elu spec, Place at) {
    return at.function(
        (f, x) -> {
          SDVariable above = f.nn().relu(x, 0);
          return above.add(f.math().expm1(x.sub(above)).mul(spec.alpha()));
        });
  }

  private static Layer residual(LayerSpec.Residual spec, Place at) {
    Chain body = of(spec.body(at.name, at.input), at.in);
    Chain shortcut = of(spec.shortcut(at.name, at.input), at.in);
    return new ResidualLayer(at.name, body, shortcut, at.in.memory());
  }

  private static Layer flatten(Place at) {
    return at.input instanceof Shape.Vector
        ? new VectorLayer(at.input)
        : new FlattenLayer(at.name, at.map(), at.in);
  }

  private static Layer dense(LayerSpec.Dense spec, Place at) {
    return new DenseLayer(at.name, spec.output(at.input), spec.bias(), at.in);
  }
}
