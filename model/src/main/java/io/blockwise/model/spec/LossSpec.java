package io.blockwise.model.spec;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requirePositive;
import static io.blockwise.base.Checks.requireWithin;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.blockwise.base.Named;
import io.blockwise.base.Names;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A block's local loss. It says of itself what a block needs for it, so that tables, counts and
 * files know no loss by name; engines have a class for each. Immutable.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface LossSpec extends Serializable
    permits LossSpec.CrossEntropy, LossSpec.Scpl, LossSpec.PredSim, AlSpec, DeInfoRegSpec {

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
   * for layers before the read-out or behind it.
   */
  default boolean exitReadsOutput() {
    return true;
  }

  /**
   * Whether the block learns by its exit: that reads the block's output, and the gradient of its
   * cross-entropy goes on into the layers. A probe, which it does not go on from, has nobody to
   * tell what a look-ahead and a {@link Momentum} find.
   */
  default boolean exitTrainsBlock() {
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

  /**
   * Whether a cross-entropy against labels is in it, whose labels can be smoothed.
   *
   * @param first whether it is that of a network's first block
   */
  default boolean comparesWithLabels(boolean first) {
    return true;
  }

  /** Whether it consists of such a cross-entropy alone. */
  default boolean comparesWithLabelsAlone() {
    return false;
  }

  /**
   * Learning rates of its modules by name, over that of the block; of those whose rate is another.
   */
  default Map<String, Double> rates() {
    return Map.of();
  }

  /** What of the loss's figures says that something has gone wrong. */
  default List<Alarm> alarms() {
    return List.of();
  }

  /**
   * What a setting of exits that read a block's output must be beside losses that have none such.
   *
   * @param neutral value without effect
   */
  static String withoutExits(String neutral, List<LossSpec> losses) {
    return with(neutral, losses) + ", whose exits read no block's output";
  }

  /** What a setting that is to teach blocks must be beside losses by whose exits none learns. */
  static String withoutTeachers(String neutral, List<LossSpec> losses) {
    return losses.stream().noneMatch(LossSpec::exitReadsOutput)
        ? withoutExits(neutral, losses)
        : with(neutral, losses) + ", whose exits are probes here, which train no block";
  }

  private static String with(String neutral, List<LossSpec> losses) {
    String names =
        losses.stream()
            .map(loss -> Names.of(loss.getClass()))
            .distinct()
            .collect(Collectors.joining(" and "));
    return "must be " + neutral + " with loss " + names;
  }

  /**
   * A term of the loss whose mean is too low below a bound.
   *
   * @param meaning what that says, and what may help: {@code its targets ... (set ...)}
   */
  record Alarm(String term, double bound, String meaning) {}

  /** Cross-entropy of the exit's class scores against the labels, mean over the batch, in nats. */
  record CrossEntropy() implements LossSpec {
    @Override
    public boolean comparesWithLabelsAlone() {
      return true;
    }
  }

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
    public boolean exitTrainsBlock() {
      return false;
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

    @Override
    public boolean exitTrainsBlock() {
      return beta < 1;
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
