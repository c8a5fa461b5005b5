package io.blockwise.model.onnx;

import static java.util.Map.entry;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.ModuleSpec;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.TextLayers;
import java.util.List;
import java.util.Map;

/**
 * Which operators every kind of layer becomes, in inference: batch norm reads running statistics,
 * and dropout does nothing. Immutable.
 *
 * @param known by the class of a layer
 */
record Operators(Map<Class<? extends LayerSpec>, Translation> known) {
  /** What makes a layer of operators. */
  @FunctionalInterface
  interface Translation {
    /** Adds the operators; returns what the last one gives. */
    Value of(LayerSpec layer, Site site);
  }

  /** A translation that knows the kind of its layer. */
  private interface OfKind<L extends LayerSpec> {
    Value of(L layer, Site site);
  }

  /** Every layer but the residual one, which is made of others. */
  static final Operators ALL =
      new Operators(
          Map.ofEntries(
              layer(LayerSpec.Convolution.class, MapOperators::convolution),
              layer(LayerSpec.BatchNorm.class, (norm, at) -> MapOperators.batchNorm(at)),
              layer(LayerSpec.Relu.class, (relu, at) -> at.apply("Relu")),
              layer(LayerSpec.Tanh.class, (tanh, at) -> at.apply("Tanh")),
              layer(LayerSpec.Sigmoid.class, (sigmoid, at) -> at.apply("Sigmoid")),
              layer(
                  LayerSpec.Elu.class,
                  (elu, at) -> at.apply("Elu", Attribute.real("alpha", elu.alpha()))),
              layer(
                  LayerSpec.LeakyRelu.class,
                  (leaky, at) -> at.apply("LeakyRelu", Attribute.real("alpha", leaky.slope()))),
              layer(
                  LayerSpec.MaxPool.class,
                  (pool, at) -> MapOperators.pool("MaxPool", pool.kernel(), pool.stride(), at)),
              layer(
                  LayerSpec.AveragePool.class,
                  (pool, at) -> MapOperators.pool("AveragePool", pool.kernel(), pool.stride(), at)),
              layer(LayerSpec.AdaptiveAveragePool.class, (pool, at) -> AdaptivePool.of(pool, at)),
              layer(LayerSpec.GlobalAveragePool.class, (pool, at) -> MapOperators.globalPool(at)),
              layer(LayerSpec.Flatten.class, (flatten, at) -> MapOperators.flatten(at)),
              layer(LayerSpec.Dense.class, MapOperators::dense),
              layer(TextLayers.Embedding.class, (table, at) -> TextOperators.embedding(at)),
              layer(TextLayers.Positions.class, (waves, at) -> TextOperators.positions(at)),
              layer(TextLayers.Lstm.class, LstmOperator::of),
              layer(TextLayers.Attention.class, AttentionOperators::of),
              layer(TextLayers.LayerNorm.class, (norm, at) -> TextOperators.layerNorm(at)),
              layer(TextLayers.Dropout.class, (dropout, at) -> at.x()),
              layer(TextLayers.TokenMean.class, (mean, at) -> TextOperators.tokenMean(at)),
              layer(TextLayers.FinalStates.class, TextOperators::finalStates)));

  Operators {
    known = Map.copyOf(known);
  }

  private static <L extends LayerSpec> Map.Entry<Class<? extends LayerSpec>, Translation> layer(
      Class<L> kind, OfKind<L> translation) {
    return entry(kind, (layer, site) -> translation.of(kind.cast(layer), site));
  }

  /**
   * Adds the layers of a module.
   *
   * @param weights of the block that it belongs to
   * @throws UserException if a layer has no operator
   */
  Value chain(ModuleSpec module, Value x, Graph graph, Weights weights) {
    Value value = x;
    Shape shape = module.input();
    for (ModuleSpec.Part part : module.parts()) {
      value = layer(part.layer(), new Site(graph, weights, part.name(), value, shape));
      shape = part.layer().output(shape);
    }
    return value;
  }

  private Value layer(LayerSpec layer, Site site) {
    if (layer instanceof LayerSpec.Residual residual) {
      return residual(residual, site);
    }
    Translation translation = known.get(layer.getClass());
    if (translation == null) {
      throw without(layer, site);
    }
    return translation.of(layer, site);
  }

  private Value residual(LayerSpec.Residual residual, Site site) {
    ModuleSpec body = residual.body(site.name(), site.shape());
    ModuleSpec shortcut = residual.shortcut(site.name(), site.shape());
    Value main = chain(body, site.x(), site.graph(), site.weights());
    Value side = chain(shortcut, site.x().withStatesOf(main), site.graph(), site.weights());
    return side.with(site.add("Add", List.of(main.name(), side.name())));
  }

  private static UserException without(LayerSpec layer, Site site) {
    int block = site.weights().block();
    return UserException.cannot(
        "export to ONNX",
        "layer "
            + site.name()
            + " of block "
            + block
            + ", "
            + Names.of(layer.getClass())
            + ", has no operator in opset "
            + Proto.OPSET,
        block == 1
            ? "train a network without it, or read the model by the Python package"
            : "export a shortcut before it, --exit "
                + (block - 1)
                + " or less, or read the model by the Python package");
  }
}
