package io.blockwise.model.spec;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requirePositive;
import static io.blockwise.base.Checks.requireWithin;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.blockwise.base.Named;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A block's local loss. It says of itself what a block needs for it, so that tables, counts and
 * files know no loss by name; engines have a class for each. Immutable.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface LossSpec extends Serializable {

  /**
   * What the loss has beside the exit: modules by name, in the order of their tensors, which start
   * with that name. A module says what shape it reads: the block's output, the target, or what
   * another gives.
   *
   * @param behind what stands behind the block's layers: its output, with the target that came in
   * @param classes at least 2
   * @throws IllegalArgumentException if the loss cannot read such an output
   */
  default Map<String, ModuleSpec> modules(Border behind, int classes) {
    return Map.of();
  }

  /**
   * What gives the block's class scores; empty if it answers by other means.
   *
   * @param spec what it reads
   * @param output shape of one example of the block's output
   * @param classes at least 2
   */
  default Optional<ModuleSpec> exit(ExitSpec spec, Shape output, int classes) {
    return Optional.of(spec.read(output).then("exit", new LayerSpec.Dense(classes, true)));
  }

  /**
   * Whether {@link #exit} reads the block's output as its specification says. Another has no use
   * for layers before the read-out or behind it, nor for {@link Momentum}.
   */
  default boolean exitReadsOutput() {
    return true;
  }

  /**
   * What the block hands on: its output, and a target if the loss makes one.
   *
   * @param behind as for {@link #modules}
   */
  default Border handsOn(Border behind, int classes) {
    return behind.withoutTarget();
  }

  /**
   * Whether it compares rows of the same class, and so learns nothing of a row that is the only one
   * of its class in the batch. Two views of every example are enough for all of them.
   */
  default boolean comparesClasses() {
    return false;
  }

  /**
   * Whether the block's answer is no class scores yet, but what earlier blocks' decoders make class
   * scores of. Such blocks are the first ones of a network.
   */
  default boolean answersByTargets() {
    return false;
  }

  /** What of the loss's figures says that something has gone wrong. */
  default List<Alarm> alarms() {
    return List.of();
  }

  /**
   * A term of the loss whose mean is too low below a bound.
   *
   * @param meaning what that says, and what may help: {@code its targets ... (set ...)}
   */
  record Alarm(String term, double bound, String meaning) {}

  /** Cross-entropy of the exit's class scores against the labels, mean over the batch, in nats. */
  record CrossEntropy() implements LossSpec {}

  /**
   * Supervised contrastive loss on the projected, normalised output (methods 2c); the exit is a
   * probe on detached features, trained by its own cross-entropy.
   *
   * @param temperature divides the cosine similarities, above 0
   * @param divisor what the sum over an anchor's positives is divided by
   * @param head the projection; gives vectors
   */
  record Scpl(double temperature, Divisor divisor, HeadSpec head) implements LossSpec {
    public Scpl {
      requirePositive("scpl.temperature", temperature);
      if (head.kind() == HeadSpec.Kind.CONVOLUTION) {
        throw invalid(
            "scpl.head.kind", head.kind(), "must be identity, linear, mlp, mlp-bn or small-conv");
      }
    }

    @Override
    public Map<String, ModuleSpec> modules(Border behind, int classes) {
      return Map.of("head", head.module(behind.activation()));
    }

    @Override
    public boolean comparesClasses() {
      return true;
    }
  }

  /** What the sum over an anchor's positives is divided by. */
  enum Divisor {
    /** The number of positives; anchors without one are left out of the mean (Khosla 2020). */
    KHOSLA,
    /**
     * The number of positives and the anchor itself; the mean is over all rows (SCPL's authors).
     */
    AUTHORS
  }

  /**
   * Similarity matching and local prediction (methods 2e): {@code (1 - beta) CE(exit(s), y) + beta
   * mean_ij (S(head(s)) - S(Y))^2}. S is the cosine of rows from which each has taken its mean; of
   * a map with more than 3 channels and more than one position it takes each channel's deviation
   * over the positions. The exit starts at 0.
   *
   * @param beta share of the similarity, from 0 to 1
   * @param head what is compared
   */
  @Named("predsim")
  record PredSim(double beta, HeadSpec head) implements LossSpec {
    public PredSim {
      requireWithin("predsim.beta", beta, 0, 1);
    }

    @Override
    public Map<String, ModuleSpec> modules(Border behind, int classes) {
      ModuleSpec module = head.module(behind.activation());
      if (module.output().elements() < 2) {
        throw invalid(
            "output for predsim", module.input(), "must have at least 2 values to compare rows by");
      }
      return Map.of("head", module);
    }

    @Override
    public Optional<ModuleSpec> exit(ExitSpec spec, Shape output, int classes) {
      LayerSpec classifier = new LayerSpec.Dense(classes, true);
      return Optional.of(spec.read(output).thenFromZero("exit", classifier));
    }
  }

  /**
   * Associated learning (methods 2b; Kao 2019, Wu et al. 2022). The encoder g makes a target of the
   * one before, the first one of one-hot labels; the bridge b brings the output s to it, and the
   * decoder h brings it back:
   *
   * <pre>
   *   t_k = g_k(t_(k-1)),  t_0 = one-hot(y)
   *   A_k = mean (b_k(s_k) - sg(t_k))^2        trains the layers and the bridge
   *   V_k = d_k(h_k(t_k), sg(t_(k-1)))         trains encoder and decoder
   * </pre>
   *
   * <p>The objective is A + V, of which no tensor is in both. The answer is h_1(..h_k(b_k(s_k))).
   *
   * @param width of the target, at least 1
   * @param encoder behind its linear layer
   * @param decoder behind its linear layer, but in the first block
   * @param firstDecoder the same in the first block
   * @param inverse d_1; beyond the first block d is the mean squared error
   */
  record Al(
      Bridge bridge,
      int width,
      Activation encoder,
      Activation decoder,
      Activation firstDecoder,
      Inverse inverse)
      implements LossSpec {
    /** Name of the term that says how much the targets vary. */
    public static final String VARIANCE = "target-variance";

    private static final double COLLAPSED = 1e-4;

    public Al {
      requireAtLeast("al.width", width, 1);
    }

    @Override
    public Map<String, ModuleSpec> modules(Border behind, int classes) {
      Shape before = behind.target().orElse(Shape.vector(classes));
      Shape target = Shape.vector(width);
      Activation back = behind.target().isPresent() ? decoder : firstDecoder;
      Map<String, ModuleSpec> modules = new LinkedHashMap<>();
      modules.put("bridge", bridge.module(behind.activation(), width));
      modules.put("encoder", ModuleSpec.of(before).then("encoder", encoder.behindDense(width)));
      modules.put(
          "decoder", ModuleSpec.of(target).then("decoder", back.behindDense(before.elements())));
      return modules;
    }

    /** None: the decoders of this block and of those before it answer. */
    @Override
    public Optional<ModuleSpec> exit(ExitSpec spec, Shape output, int classes) {
      return Optional.empty();
    }

    @Override
    public boolean exitReadsOutput() {
      return false;
    }

    @Override
    public Border handsOn(Border behind, int classes) {
      return behind.withTarget(Shape.vector(width));
    }

    @Override
    public boolean answersByTargets() {
      return true;
    }

    @Override
    public List<Alarm> alarms() {
      return List.of(
          new Alarm(
              VARIANCE,
              COLLAPSED,
              "its targets have collapsed and hardly tell classes apart (set al.encoder = tanh,"
                  + " or al.inverse = cross-entropy with al.first-decoder = none)"));
    }

    /**
     * Linear layers from a block's output to its target, each with the activation behind it.
     *
     * @param features what the first one reads
     * @param hidden units of those before the last, each at least 1; may be empty
     */
    public record Bridge(Features features, List<Integer> hidden, Activation activation)
        implements Serializable {
      public Bridge {
        hidden = List.copyOf(hidden);
        if (hidden.stream().anyMatch(units -> units < 1)) {
          throw invalid("al.bridge.hidden", hidden, "must be widths, each at least 1");
        }
      }

      ModuleSpec module(Shape output, int width) {
        List<LayerSpec> layers = new ArrayList<>();
        hidden.forEach(units -> layers.addAll(activation.behindDense(units)));
        layers.addAll(activation.behindDense(width));
        return features.behind(ModuleSpec.of(output), "bridge.features").then("bridge", layers);
      }
    }

    /** How the first block's decoder is compared with the labels. */
    public enum Inverse {
      /** Its output are logits. */
      CROSS_ENTROPY,
      /** Mean squared error against one-hot labels. */
      MSE
    }
  }

  /**
   * Invariance, variance and covariance (methods 2d; Huang 2024), and a cross-entropy:
   *
   * <pre>
   *   E = head(s)
   *   L = w1 mean_ij (S(Y) - S(E))^2 + w2 variance(E) + w3 covariance(E) + alpha CE(exit(.), y)
   * </pre>
   *
   * S is that of {@link PredSim}. Variance asks every feature of the embeddings for a deviation of
   * 1 over the batch, covariance two features for none together; {@link Scaling} says of which
   * embeddings.
   *
   * @param weights w1, w2 and w3, each from 0; without any those of the scaling
   * @param alpha weight of the cross-entropy, from 0
   * @param exit what gives class scores
   * @param head the projector; gives vectors of at least 2 values
   */
  @Named("deinforeg")
  record DeInfoReg(Scaling scaling, List<Double> weights, double alpha, Exit exit, HeadSpec head)
      implements LossSpec {
    public DeInfoReg {
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
        throw invalid(
            "deinforeg.head.kind", head.kind(), "must be identity, linear, mlp or mlp-bn");
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
    public record Exit(Kind kind, boolean batchNorm, Activation activation)
        implements Serializable {
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

  /** What follows a linear layer. */
  enum Activation {
    /** Nothing. */
    NONE,
    /** {@code max(0, x)}. */
    RELU,
    /** The hyperbolic tangent. */
    TANH,
    /** {@code 1 / (1 + exp(-x))}. */
    SIGMOID;

    /** As a layer, unless it is none. */
    Optional<LayerSpec> layer() {
      return switch (this) {
        case NONE -> Optional.empty();
        case RELU -> Optional.of(new LayerSpec.Relu());
        case TANH -> Optional.of(new LayerSpec.Tanh());
        case SIGMOID -> Optional.of(new LayerSpec.Sigmoid());
      };
    }

    /** A linear layer with a bias, and this behind it. */
    List<LayerSpec> behindDense(int units) {
      LayerSpec dense = new LayerSpec.Dense(units, true);
      return layer().map(layer -> List.of(dense, layer)).orElse(List.of(dense));
    }
  }
}
