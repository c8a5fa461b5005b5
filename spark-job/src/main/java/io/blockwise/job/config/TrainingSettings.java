package io.blockwise.job.config;

import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.job.config.hocon.Inline;
import io.blockwise.model.spec.Execution;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import java.util.List;
import java.util.stream.Stream;

/**
 * How blocks learn. Immutable.
 *
 * <p>Always true: counts are at least 1, and every optimiser and schedule that {@code optimiser}
 * and {@code schedule.kind} could choose can be built.
 *
 * @param epochsAt what {@code epochs} counts
 * @param perBlock in place of {@code optimisation}, one per block; what an entry left out is
 *     already in it; empty if all blocks have the same
 * @param scaleRate of every block's learning rate with the number of workers
 * @param bucket batches whose texts are sorted by length together
 * @param scaleNoise of what Adam divides by with the number of workers
 * @param classWeights what rows count in cross-entropies
 * @param patience after which a run stops early
 * @param frozenMemory that a worker may keep outputs of frozen blocks in; of 0 bytes for none
 */
public record TrainingSettings(
    int epochs,
    EpochsAt epochsAt,
    int batchSize,
    @Inline Optimisation optimisation,
    List<Optimisation> perBlock,
    ScaleRate scaleRate,
    ScaleNoise scaleNoise,
    Augmentation augmentation,
    int bucket,
    int maxNonFinite,
    ClassWeightSettings classWeights,
    PatienceSettings patience,
    Execution execution,
    int prefetchThreads,
    MemorySize frozenMemory,
    Baseline baseline) {
  public TrainingSettings {
    requireAtLeast("training.epochs", epochs, 1);
    requireAtLeast("training.batch-size", batchSize, 1);
    requireAtLeast("training.bucket", bucket, 1);
    requireAtLeast("training.max-non-finite", maxNonFinite, 1);
    requireWithin("training.prefetch-threads", prefetchThreads, 1, 64);
    perBlock = List.copyOf(perBlock);
  }

  /** What {@code training.epochs} counts. */
  public enum EpochsAt {
    /** Passes over the data by all workers together, so that examples are the same. */
    EXAMPLES,
    /** Passes for each worker, so that each makes the same steps, however many there are. */
    STEPS
  }

  /** How learning rates grow with the workers. */
  public enum ScaleRate {
    /** With the square root, with Adam, where nothing else lengthens the steps of the average. */
    AUTO,
    /** Not at all. */
    NONE,
    /** With the square root of their number. */
    SQRT_WORKERS
  }

  /** How that which Adam takes for noise falls with the workers. */
  public enum ScaleNoise {
    /** As the mean's, where {@code training.scale-rate = auto} would scale rates. */
    AUTO,
    /** Not at all. */
    NONE,
    /** As that of the mean over them. */
    WORKERS
  }

  /** Passes over the data by so many workers together. */
  long passes(int workers) {
    return epochsAt == EpochsAt.STEPS ? (long) epochs * workers : epochs;
  }

  /** Whether every block divides its steps by the size of its gradients. */
  boolean adapts() {
    return (perBlock.isEmpty() ? List.of(optimisation) : perBlock)
        .stream()
            .map(Optimisation::optimiser)
            .allMatch(kind -> kind == Optimiser.ADAM || kind == Optimiser.ADAMW);
  }

  /** The optimiser of every block that has none of its own. */
  OptimiserSpec optimiserSpec() {
    return optimisation.spec();
  }

  /**
   * The network with every block's own optimiser, where there are any.
   *
   * @throws UserException if there are any, but not one for each block
   */
  NetworkSpec optimised(NetworkSpec network) {
    if (perBlock.isEmpty()) {
      return network;
    }
    if (perBlock.size() != network.blocks().size()) {
      throw UserException.invalid(
          "training.per-block",
          perBlock.size() + " entries",
          "must be one for each of the "
              + network.blocks().size()
              + " blocks, {} for one with nothing of its own");
    }
    return network.withOptimisers(perBlock.stream().map(Optimisation::spec).toList());
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
    public Optimisation(
        double learningRate,
        Optimiser optimiser,
        double momentum,
        Adam adam,
        Lars lars,
        double weightDecay,
        double clipNorm,
        Schedule schedule) {
      this.learningRate = learningRate;
      this.optimiser = optimiser;
      this.momentum = momentum;
      this.adam = adam;
      this.lars = lars;
      this.weightDecay = weightDecay;
      this.clipNorm = clipNorm;
      this.schedule = schedule;
      // Also those that are not chosen, so that no value goes unread.
      Stream.of(Optimiser.values()).forEach(this::spec);
    }

    private OptimiserSpec spec() {
      return spec(optimiser);
    }

    private OptimiserSpec spec(Optimiser kind) {
      ScheduleSpec rate = schedule.spec();
      return switch (kind) {
        case ADAM ->
            new OptimiserSpec.Adam(
                learningRate, adam.beta1, adam.beta2, adam.epsilon, weightDecay, clipNorm, rate);
        case ADAMW ->
            new OptimiserSpec.AdamW(
                learningRate, adam.beta1, adam.beta2, adam.epsilon, weightDecay, clipNorm, rate);
        case SGD -> new OptimiserSpec.Sgd(learningRate, momentum, weightDecay, clipNorm, rate);
        case LARS ->
            new OptimiserSpec.Lars(learningRate, momentum, lars.trust, weightDecay, clipNorm, rate);
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
    WEAK,
    /**
     * As {@link #WEAK}, then four times of five other brightness, contrast, saturation and hue, and
     * once of five grey (methods 4.1); images without colours change in brightness and contrast.
     */
    STRONG,
    /** Two views of every image: {@link #WEAK} and {@link #STRONG}. */
    TWO_VIEW;

    /** The augmentation of each view of an image. */
    public List<Augmentation> views() {
      return this == TWO_VIEW ? List.of(WEAK, STRONG) : List.of(this);
    }

    /** The augmentation of a name. */
    public static Augmentation parse(String name) {
      return Names.parse("training.augmentation", Augmentation.class, name);
    }
  }
}
