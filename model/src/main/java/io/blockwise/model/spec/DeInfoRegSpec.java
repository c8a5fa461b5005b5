package io.blockwise.model.spec;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.base.Named;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Invariance, variance and covariance (methods 2d; Huang 2024), and a cross-entropy:
 *
 * <pre>
 *   E = head(s)
 *   L = w1 mean_ij (S(Y) - S(E))^2 + w2 variance(E) + w3 covariance(E) + alpha CE(exit(.), y)
 * </pre>
 *
 * S is that of {@link LossSpec.PredSim}. Variance asks every feature of the embeddings for a
 * deviation of 1 over the batch, covariance two features for none together; {@link Scaling} says of
 * which embeddings. Immutable.
 *
 * @param weights w1, w2 and w3, each from 0; without any those of the scaling
 * @param alpha weight of the cross-entropy, from 0
 * @param exit what gives class scores
 * @param head the projector; gives vectors of at least 2 values
 */
@Named("deinforeg")
public record DeInfoRegSpec(
    Scaling scaling, List<Double> weights, double alpha, Exit exit, HeadSpec head)
    implements LossSpec {
  public DeInfoRegSpec {
    weights = List.copyOf(weights);
    boolean none = weights.isEmpty();
    if (!none && (weights.size() != 3 || weights.stream().anyMatch(w -> !(w >= 0 && w < 1e9)))) {
      throw invalid(
          "deinforeg.weights",
          weights,
          "must be empty, or three from 0: of invariance, variance and covariance");
    }
    requireWithin("deinforeg.alpha", alpha, 0, 1e6);
    if (head.kind() == HeadSpec.Kind.CONVOLUTION) {
      throw invalid("deinforeg.head.kind", head.kind(), "must be identity, linear, mlp or mlp-bn");
    }
  }

  /** Weight of invariance (0), variance (1) or covariance (2). */
  public double weight(int term) {
    return (weights.isEmpty() ? scaling.weights : weights).get(term);
  }

  @Override
  public Map<String, ModuleSpec> modules(Border behind, int classes) {
    ModuleSpec module = head.module(behind.activation());
    if (module.output().elements() < 2) {
      throw invalid(
          "output for deinforeg", module.input(), "must give embeddings of at least 2 values");
    }
    return Map.of("head", module);
  }

  @Override
  public Optional<ModuleSpec> exit(ExitSpec spec, Shape output, int classes) {
    return exitReadsOutput()
        ? LossSpec.super.exit(spec, output, classes)
        : Optional.of(exit.module(head.module(output).output(), classes));
  }

  @Override
  public boolean exitReadsOutput() {
    return exit.kind == Exit.Kind.UNMERGE;
  }

  /** Either it reads the embeddings, or it is a probe. */
  @Override
  public boolean exitTrainsBlock() {
    return false;
  }

  /** Of which embeddings variance and covariance are taken, and how. */
  public enum Scaling {
    /**
     * Rows of norm 1, the variance once more divided by the rows; no deviation reaches 1 so (the
     * authors' form).
     */
    AUTHORS(1, 1, 1),
    /** Rows of norm sqrt(features), so that deviations can be 1. */
    UNIT(25, 25, 1),
    /** Rows as they are (VICReg's form). */
    VICREG(25, 25, 1);

    private final List<Double> weights;

    Scaling(double invariance, double variance, double covariance) {
      weights = List.of(invariance, variance, covariance);
    }
  }

  /**
   * What gives class scores.
   *
   * @param batchNorm before the activation, of {@link Kind#MERGE}
   * @param activation before the linear layer, of {@link Kind#MERGE}
   */
  public record Exit(Kind kind, boolean batchNorm, Activation activation) implements Serializable {
    /** What the exit reads, and whom its cross-entropy trains. */
    public enum Kind {
      /** The embeddings: exit, head and layers. */
      MERGE,
      /** The detached output, as {@link ExitSpec} says: the exit alone. */
      UNMERGE
    }

    private ModuleSpec module(Shape embedding, int classes) {
      ModuleSpec module = ModuleSpec.of(embedding);
      if (batchNorm) {
        module = module.then("exit.norm", new LayerSpec.BatchNorm());
      }
      if (activation.layer().isPresent()) {
        module = module.then("exit.activation", activation.layer().get());
      }
      return module.then("exit", new LayerSpec.Dense(classes, true));
    }
  }
}
