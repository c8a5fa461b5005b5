package io.blockwise.model.spec;

import static io.blockwise.model.Checks.requireAtLeast;

import java.io.Serializable;

/**
 * Projection head between a block's output and its local loss, dropped after training (methods,
 * SCPL).
 *
 * <p>Always true: {@code hidden >= 1} and {@code width >= 1}, also where the kind has no use for
 * them. Immutable.
 *
 * @param kind what the head computes
 * @param features what it reads
 * @param hidden units of the hidden layer ({@code mlp} only)
 * @param width units of the output ({@code linear} and {@code mlp})
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
    MLP
  }

  public HeadSpec {
    requireAtLeast("head.hidden", hidden, 1);
    requireAtLeast("head.width", width, 1);
  }
}
