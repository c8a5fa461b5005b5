package io.blockwise.job.config;

import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.base.Names;
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
    double learningRate,
    Optimiser optimiser,
    double momentum,
    Adam adam,
    double weightDecay,
    double clipNorm,
    Schedule schedule,
    Augmentation augmentation,
    int maxNonFinite,
    int prefetchThreads,
    Baseline baseline) {
  public TrainingSettings {
    requireAtLeast("training.epochs", epochs, 1);
    requireAtLeast("training.batch-size", batchSize, 1);
    requireAtLeast("training.max-non-finite", maxNonFinite, 1);
    requireWithin("training.prefetch-threads", prefetchThreads, 1, 64);
    // The specifications hold the bounds; also of what is not chosen, so that no value goes unread.
    ScheduleSpec chosen = schedule.spec();
    adam.spec(learningRate, weightDecay, clipNorm, chosen);
    sgd(learningRate, momentum, weightDecay, clipNorm, chosen);
  }

  /** The optimiser of every block. */
  OptimiserSpec optimiserSpec() {
    return switch (optimiser) {
      case ADAM -> adam.spec(learningRate, weightDecay, clipNorm, schedule.spec());
      case SGD -> sgd(learningRate, momentum, weightDecay, clipNorm, schedule.spec());
    };
  }

  private static OptimiserSpec sgd(
      double learningRate,
      double momentum,
      double weightDecay,
      double clipNorm,
      ScheduleSpec schedule) {
    return new OptimiserSpec.Sgd(learningRate, momentum, weightDecay, clipNorm, schedule);
  }

  /** Forms of {@link OptimiserSpec}. */
  public enum Optimiser {
    /** {@link OptimiserSpec.Adam}. */
    ADAM,
    /** {@link OptimiserSpec.Sgd}. */
    SGD
  }

  /** What is peculiar to Adam. Immutable. */
  public record Adam(double beta1, double beta2, double epsilon) {
    private OptimiserSpec spec(
        double learningRate, double weightDecay, double clipNorm, ScheduleSpec schedule) {
      return new OptimiserSpec.Adam(
          learningRate, beta1, beta2, epsilon, weightDecay, clipNorm, schedule);
    }
  }

  /** Learning rate over progress. Immutable. */
  public record Schedule(Kind kind, double floor, List<Double> at, double decay) {
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
    /** Crop from the zero-padded image, horizontal flip. */
    WEAK;

    /** The augmentation of a name; one of a later version is refused with that reason. */
    public static Augmentation parse(String name) {
      return Names.parse("training.augmentation", Augmentation.class, name, "strong", "two-view");
    }
  }
}
