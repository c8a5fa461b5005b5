package io.blockwise.model.spec;

import static io.blockwise.base.Checks.requireAtLeast;

import java.io.Serializable;
import java.util.List;

/**
 * Projection head between a block's output and its local loss, dropped after training (methods,
 * SCPL).
 *
 * <p>Always true: {@code hidden >= 1} and {@code width >= 1}, also where the kind has no use for
 * them. Immutable.
 *
 * @param kind what the head computes
 * @param features what it reads
 * @param hidden units of the hidden layer ({@code mlp} and {@code mlp-bn})
 * @param width units of the output ({@code linear}, {@code mlp} and {@code mlp-bn})
 */
public record HeadSpec(Kind kind, Features features, int hidden, int width)
    implements Serializable {
  /** Form of the projection. */
  public enum Kind {
    /** The features themselves. */
    IDENTITY,
    /** One linear layer. */
    LINEAR,
    /** Linear, ReLU, linear. */
    MLP,
    /** Linear, batch norm, ReLU, linear. */
    MLP_BN,
    /**
     * No projection of features, but of the output as it is, to the same shape and without bias: a
     * map by a 3x3 convolution, a vector by a linear layer (PredSim's authors).
     */
    CONVOLUTION
  }

  public HeadSpec {
    requireAtLeast("head.hidden", hidden, 1);
    requireAtLeast("head.width", width, 1);
  }

  /** The head of a block: its layers are {@code head.0} and so on, behind what reads features. */
  ModuleSpec module(Shape output) {
    ModuleSpec features = this.features.behind(ModuleSpec.of(output), "head.features");
    return switch (kind) {
      case IDENTITY -> features;
      case LINEAR -> features.then("head", List.of(dense(width)));
      case MLP -> features.then("head", List.of(dense(hidden), new LayerSpec.Relu(), dense(width)));
      case MLP_BN ->
          features.then(
              "head",
              List.of(
                  dense(hidden), new LayerSpec.BatchNorm(), new LayerSpec.Relu(), dense(width)));
      case CONVOLUTION -> ModuleSpec.of(output).then("head", List.of(sameShape(output)));
    };
  }

  private static LayerSpec dense(int units) {
    return new LayerSpec.Dense(units, true);
  }

  private static LayerSpec sameShape(Shape output) {
    return output instanceof Shape.FeatureMap
        ? new LayerSpec.Convolution(output.channels(), 3, 1, 1, false)
        : new LayerSpec.Dense(output.channels(), false);
  }
}
