package io.blockwise.model.spec;

import static io.blockwise.base.Checks.requireAtLeast;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Projection head between a block's output and its local loss, dropped after training (methods,
 * SCPL).
 *
 * <p>Always true: at least one hidden width, all of them and {@code width} at least 1, also where
 * the kind has no use for them. Immutable.
 *
 * @param kind what the head computes
 * @param features what it reads
 * @param hidden units of the hidden layers ({@code mlp} and {@code mlp-bn}), or filters of the
 *     convolutions ({@code small-conv}); a file may have a number in place of a list of one
 * @param width units of the output (all but {@code identity} and {@code convolution})
 */
public record HeadSpec(
    Kind kind,
    Features features,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<Integer> hidden,
    int width)
    implements Serializable {
  /** Form of the projection. */
  public enum Kind {
    /** The features themselves. */
    IDENTITY,
    /** One linear layer. */
    LINEAR,
    /** Linear and ReLU for each hidden width, then linear. */
    MLP,
    /** Linear, batch norm and ReLU for each hidden width, then linear. */
    MLP_BN,
    /**
     * A 3x3 convolution, batch norm and ReLU for each hidden width, then the features of that, then
     * linear; for maps only.
     */
    SMALL_CONV,
    /**
     * No projection of features, but of the output as it is, to the same shape and without bias: a
     * map by a 3x3 convolution, a vector by a linear layer (PredSim's authors). Of a sequence it is
     * the features.
     */
    CONVOLUTION
  }

  public HeadSpec {
    hidden = HiddenLayers.requireWidths("head.hidden", hidden);
    requireAtLeast("head.width", width, 1);
  }

  /** With one hidden layer. */
  public HeadSpec(Kind kind, Features features, int hidden, int width) {
    this(kind, features, List.of(hidden), width);
  }

  /**
   * The head of a block: its layers are {@code head.0} and so on behind what reads features, and
   * {@code head.ahead.0} and so on before it.
   */
  ModuleSpec module(Shape output) {
    ModuleSpec block = ModuleSpec.of(output);
    return switch (kind) {
      case IDENTITY -> read(block);
      case LINEAR -> last(read(block), List.of());
      case MLP -> last(read(block), HiddenLayers.dense(hidden));
      case MLP_BN -> last(read(block), HiddenLayers.normalisedDense(hidden));
      case SMALL_CONV ->
          last(read(block.then("head.ahead", HiddenLayers.convolutions(hidden))), List.of());
      case CONVOLUTION -> sameShape(output instanceof Shape.Sequence ? read(block) : block);
    };
  }

  private ModuleSpec read(ModuleSpec map) {
    return features.behind(map, "head.features");
  }

  /** With the hidden layers and the last one behind. */
  private ModuleSpec last(ModuleSpec features, List<LayerSpec> hidden) {
    List<LayerSpec> layers = new ArrayList<>(hidden);
    layers.add(new LayerSpec.Dense(width, true));
    return features.then("head", layers);
  }

  private static ModuleSpec sameShape(ModuleSpec read) {
    Shape shape = read.output();
    LayerSpec layer =
        shape instanceof Shape.FeatureMap
            ? new LayerSpec.Convolution(shape.channels(), 3, 1, 1, false)
            : new LayerSpec.Dense(shape.channels(), false);
    return read.then("head", List.of(layer));
  }
}
