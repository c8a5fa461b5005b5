package io.blockwise.job.config;

import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.base.Names;
import io.blockwise.job.config.hocon.Inline;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import java.util.List;

/**
 * How blocks learn. Immutable.
 *
 * <p>Always true: counts are at least 1, and every optimiser and schedule that {@code optimiser}
 * and {@code schedule.kind} could choose can be built.
 */
public record TrainingSettings(
    int epochs,
    int batchSize,
    @Inline Optimisation optimisation,
    Augmentation augmentation,
    int maxNonFinite,
    int prefetchThreads,
    Baseline baseline) {
  public TrainingSettings {
    requireAtLeast("training.epochs", epochs, 1);
    requireAtLeast("training.batch-size", batchSize, 1);
    requireAtLeast("training.max-non-finite", maxNonFinite, 1);
    requireWithin("training.prefetch-threads", prefetchThreads, 1, 64);
    optimisation.spec(); // which holds the bounds
  }

  /** The optimiser of every block. */
  OptimiserSpec optimiserSpec() {
    return optimisation.spec();
  }

  /** How a block follows its gradient. Immutable. */
  public record Optimisation(
      double learningRate,
      Optimiser optimiser,
      double momentum,
      Adam adam,
      Lars lars,
      double weightDecay,
      double clipNorm,
      Schedule schedule) {

    /** Makes also what is not chosen, so that no value goes unread. */
    private OptimiserSpec spec() {
      ScheduleSpec rate = schedule.spec();
      OptimiserSpec sgd =
          new OptimiserSpec.Sgd(learningRate, momentum, weightDecay, clipNorm, rate);
      OptimiserSpec withMoments =
          new OptimiserSpec.Adam(
              learningRate, adam.beta1, adam.beta2, adam.epsilon, weightDecay, clipNorm, rate);
      OptimiserSpec decoupled =
          new OptimiserSpec.AdamW(
              learningRate, adam.beta1, adam.beta2, adam.epsilon, weightDecay, clipNorm, rate);
      OptimiserSpec perTensor =
          new OptimiserSpec.Lars(learningRate, momentum, lars.trust, weightDecay, clipNorm, rate);
      return switch (optimiser) {
        case ADAM -> withMoments;
        case ADAMW -> decoupled;
        case SGD -> sgd;
        case LARS -> perTensor;
      };
    }
  }

  /** Forms of {@link OptimiserSpec}. */
  public enum Optimiser {
    /** {@link OptimiserSpec.Adam}. */
    ADAM,
    /** {@link OptimiserSpec.AdamW}. */
    ADAMW,
    /** {@link OptimiserSpec.Sgd}. */
    SGD,
    /** {@link OptimiserSpec.Lars}. */
    LARS
  }

  /** What is peculiar to Adam and AdamW. Immutable. */
  public record Adam(double beta1, double beta2, double epsilon) {}

  /** What is peculiar to LARS. Immutable. */
  public record Lars(double trust) {}

  /** Learning rate over progress. Immutable. */
  public record Schedule(Kind kind, double floor, List<Double> at, double decay, double warmUp) {
    public Schedule {
      requireWithin("training.schedule.warm-up", warmUp, 0, Math.nextDown(1.0));
    }

    /** Forms of {@link ScheduleSpec}. */
    public enum Kind {
      /** {@link ScheduleSpec.Cosine}. */
      COSINE,
      /** {@link ScheduleSpec.Constant}. */
      CONSTANT,
      /** {@link ScheduleSpec.Step}. */
      STEP
    }

    private ScheduleSpec spec() {
      ScheduleSpec full = afterWarmUp();
      return warmUp == 0 ? full : new ScheduleSpec.WarmUp(warmUp, full);
    }

    private ScheduleSpec afterWarmUp() {
      ScheduleSpec cosine = new ScheduleSpec.Cosine(floor);
      ScheduleSpec step = new ScheduleSpec.Step(at, decay);
      return switch (kind) {
        case COSINE -> cosine;
        case CONSTANT -> new ScheduleSpec.Constant();
        case STEP -> step;
      };
    }
  }

  /** What trains in place of Blockwise's own workers, to compare with. */
  public enum Baseline {
    /** Nothing: Blockwise trains. */
    NONE,
    /** DL4J's parameter averaging on Spark. */
    DL4J_SPARK
  }

  /** What is done to training images. */
  public enum Augmentation {
    /** Nothing. */
    NONE,
    /**
     * A crop from the image with a border of four black pixels; every other one is mirrored, unless
     * it would no longer show its class.
     */
    WEAK;

    /** The augmentation of a name; one of a later version is refused with that reason. */
    public static Augmentation parse(String name) {
      return Names.parse("training.augmentation", Augmentation.class, name, "strong", "two-view");
    }
  }
}
