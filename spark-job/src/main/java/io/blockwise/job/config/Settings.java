package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.base.FileNames;
import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.job.config.hocon.Inline;
import io.blockwise.job.config.hocon.Sources;
import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.AveragingOptions.Gain;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import io.blockwise.model.spec.Execution;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.NoiseScale;
import io.blockwise.model.spec.RateScale;
import io.blockwise.model.spec.RowShapes;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.StepScale;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Everything a run is told; each component but {@code sources} is documented at its key in {@code
 * reference.conf}.
 *
 * <p>Always true: {@code workers.count <= data.shards.train}, and what the nested records promise.
 * Immutable.
 */
public record Settings(
    String output,
    long seed,
    Optional<String> runId,
    Model model,
    @Inline NetworkSettings network,
    @Inline ComputeSettings compute,
    WorkersSettings workers,
    DataSettings data,
    TrainingSettings training,
    StoppingSettings stopping,
    GrowthSettings growth,
    WarmStartSettings warmStart,
    AveragingSettings averaging,
    LeaseSettings lease,
    CheckpointSettings checkpoint,
    RunSettings run,
    PublishSettings publish,
    Evaluation evaluation,
    FeatureSettings features,
    Report report,
    Sources sources) {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  public Settings {
    if (output.isBlank()) {
      throw invalid("output", "\"\"", "must be a directory");
    }
    DataSettings.requireNoWebAddress("output", output);
    runId.ifPresent(name -> FileNames.require("run-id", name));
    if (training.baseline() != TrainingSettings.Baseline.NONE
        && !network.isPlainBackpropagation()) {
      throw invalid(
          "training.baseline",
          Names.of(training.baseline()),
          "must be none with method "
              + Names.of(network.method())
              + " and loss "
              + Names.of(network.loss().getClass())
              + "; the baseline knows bp and cross-entropy only");
    }
    if (training.baseline() != TrainingSettings.Baseline.NONE
        && training.augmentation().views().size() > 1) {
      throw invalid(
          "training.augmentation",
          Names.of(training.augmentation()),
          "must be none, weak or strong with training.baseline = "
              + Names.of(training.baseline())
              + ", which knows one view only");
    }
    if (training.baseline() != TrainingSettings.Baseline.NONE
        && training.scaleRate() == TrainingSettings.ScaleRate.SQRT_WORKERS) {
      throw invalid(
          "training.scale-rate",
          Names.of(training.scaleRate()),
          "must be auto or none with training.baseline = "
              + Names.of(training.baseline())
              + ", which has rates of its own");
    }
    if (training.scaleNoise() == TrainingSettings.ScaleNoise.WORKERS && !training.adapts()) {
      throw invalid(
          "training.scale-noise",
          Names.of(training.scaleNoise()),
          "must be auto or none unless every block's optimiser is adam or adamw");
    }
    if (training.baseline() != TrainingSettings.Baseline.NONE
        && training.scaleNoise() == TrainingSettings.ScaleNoise.WORKERS) {
      throw invalid(
          "training.scale-noise",
          Names.of(training.scaleNoise()),
          "must be auto or none with training.baseline = "
              + Names.of(training.baseline())
              + ", which has optimisers of its own");
    }
    if (training.baseline() != TrainingSettings.Baseline.NONE && averaging.tape()) {
      throw invalid(
          "averaging.tape",
          averaging.tape(),
          "must be false with training.baseline = " + Names.of(training.baseline()));
    }
    if (training.baseline() != TrainingSettings.Baseline.NONE
        && training.execution() != Execution.SEQUENTIAL) {
      throw invalid(
          "training.execution",
          Names.of(training.execution()),
          "must be sequential with training.baseline = " + Names.of(training.baseline()));
    }
    if (training.baseline() != TrainingSettings.Baseline.NONE && training.classWeights().isOn()) {
      throw invalid(
          "training.baseline",
          Names.of(training.baseline()),
          "must be none with training.class-weights: the baseline weighs all rows alike");
    }
    if (training.baseline() != TrainingSettings.Baseline.NONE && data.weightColumn().isPresent()) {
      throw invalid(
          "training.baseline",
          Names.of(training.baseline()),
          "must be none with data.weight-column: the baseline weighs all rows alike");
    }
    if (averaging.tape() && training.execution() != Execution.SEQUENTIAL) {
      throw invalid(
          "averaging.tape",
          averaging.tape(),
          "must be false with training.execution = "
              + Names.of(training.execution())
              + ", where the blocks of a worker do not take turns");
    }
    growth.requireGoesWith(training, stopping, averaging);
    if (warmStart.isOn() && (growth.isOn() || averaging.tape())) {
      throw invalid(
          "warm-start.from",
          Names.of(warmStart.from()),
          "must be none with growth.from, growth.at or averaging.tape");
    }
    if (warmStart.isOn() && training.baseline() != TrainingSettings.Baseline.NONE) {
      throw invalid(
          "warm-start.from",
          Names.of(warmStart.from()),
          "must be none with training.baseline = " + Names.of(training.baseline()));
    }
    if (workers.count() > data.shards().train()) {
      throw invalid(
          "workers.count",
          workers.count(),
          "must be at most data.shards.train, which is " + data.shards().train());
    }
    if (growth.at().stream().anyMatch(epoch -> epoch > training.passes(workers.count()))) {
      throw invalid(
          "growth.at",
          growth.at(),
          "must be within the " + training.passes(workers.count()) + " epochs of the run");
    }
    if (training.passes(workers.count()) > Integer.MAX_VALUE) {
      throw invalid(
          "training.epochs",
          training.epochs(),
          "must be at most "
              + Integer.MAX_VALUE / workers.count()
              + " with training.epochs-at = steps and workers.count = "
              + workers.count());
    }
    if (averaging.options().quorum().size() > workers.count()) {
      throw invalid(
          "averaging.quorum.size",
          averaging.options().quorum().size(),
          "must be at most workers.count, which is " + workers.count());
    }
  }

  /** What computes the blocks. */
  public EngineChoice engineChoice() {
    return compute.choice();
  }

  /**
   * Passes over the training data by all workers together: as many as {@code training.epochs}, or
   * for each worker as many with {@code training.epochs-at = steps}.
   */
  public int epochs() {
    return Math.toIntExact(training.passes(workers.count()));
  }

  /**
   * What of the steps depends on the number of workers: {@code training.scale-rate} and {@code
   * training.scale-noise}. In place of {@code auto} both are as ever where a gain or an outer
   * optimiser makes up for the same already, in lock-step, which is exact, with optimisers that do
   * not divide by the noise of a worker's batches, and where the baseline trains.
   */
  public StepScale stepScale() {
    boolean scaled = scalesByItself();
    RateScale rate =
        switch (training.scaleRate()) {
          case NONE -> RateScale.NONE;
          case SQRT_WORKERS -> RateScale.SQRT_WORKERS;
          case AUTO -> scaled ? RateScale.SQRT_WORKERS : RateScale.NONE;
        };
    NoiseScale noise =
        switch (training.scaleNoise()) {
          case NONE -> NoiseScale.NONE;
          case WORKERS -> NoiseScale.WORKERS;
          case AUTO -> scaled ? NoiseScale.WORKERS : NoiseScale.NONE;
        };
    return new StepScale(rate, noise);
  }

  private boolean scalesByItself() {
    AveragingOptions options = averaging.options();
    return training.adapts()
        && !options.lockStep()
        && options.gain() == Gain.NONE
        && options.outer().optimiser() == OuterOptimiser.NONE
        && training.baseline() == TrainingSettings.Baseline.NONE;
  }

  /**
   * Whether which worker sees which rows must not depend on anybody's speed: with a single worker,
   * and in lock-step. Then a lease is a worker's whole share of an epoch.
   */
  public boolean isDeterministic() {
    return workers.count() == 1 || averaging.options().lockStep();
  }

  /**
   * Reads a configuration file over the defaults.
   *
   * @param file HOCON; substitutions such as <code>${BLOCKWISE_DATA}</code> are environment
   *     variables
   * @param sets overrides {@code key=value}, the last of equal keys counts
   * @throws UserException if the file cannot be read, or a key or value is refused
   */
  public static Settings load(Path file, List<String> sets) {
    return new SettingsReader(Variables.current()).read(file, sets);
  }

  /**
   * Reads what is set over the defaults, without a file.
   *
   * @param sets {@code key=value}, {@code model.name} among them
   * @throws UserException if a key or value is refused
   */
  public static Settings of(List<String> sets) {
    return new SettingsReader(Variables.current()).read(sets);
  }

  /**
   * The resolved configuration as HOCON, to be kept: every key, in declared order. It reads back as
   * equal with the same environment variables: of what came from one its name is kept, unless it is
   * a path that exists. Passwords and keys that show by their form are taken out.
   */
  public String rendered() {
    return sources.rendered(this);
  }

  /** {@code run-id}, or the UTC time and the seed: {@code 20260131T120000Z-seed1}. */
  public String runIdAt(Instant start) {
    return runId.orElseGet(() -> TIME.format(start) + "-seed" + seed);
  }

  /**
   * Threads of one worker's numerical library.
   *
   * @param cores that all workers share
   * @return {@code threads}, or where that is 0 an even share of the cores; at least 1
   */
  public int threadsPerWorker(int cores) {
    return compute.threads() > 0 ? compute.threads() : Math.max(1, cores / workers.count());
  }

  /**
   * Threads of the numerical library on each thread of a worker that computes, {@code
   * training.execution}.
   *
   * @param threads of the worker
   * @throws UserException if every block needs a thread and there are too few
   */
  public int libraryThreads(int threads) {
    int blocks = network.blockCount();
    if (!training.execution().fits(threads, blocks)) {
      throw UserException.cannot(
          "train with training.execution = " + Names.of(training.execution()),
          "the network has "
              + blocks
              + " blocks, and a worker "
              + (threads == 1 ? "1 thread" : threads + " threads"),
          "set threads = "
              + blocks
              + ", cut the network into fewer blocks, or set training.execution = sequential");
    }
    return training.execution().libraryThreads(threads, blocks);
  }

  /**
   * The network to train.
   *
   * @param rows shapes of one example of the data set
   * @param classes of the data set
   * @throws UserException if the network does not fit the data set
   */
  public NetworkSpec network(RowShapes rows, int classes) {
    return training.optimised(network.spec(rows, classes, training.optimiserSpec()));
  }

  /** The same on rows without further fields. */
  public NetworkSpec network(Shape input, int classes) {
    return network(new RowShapes(input), classes);
  }

  /**
   * The layers of every block, first to last, as another method than {@code bp} would train them:
   * {@code bp} joins them into one.
   *
   * @throws UserException if they do not fit the input
   */
  public List<List<LayerSpec>> layersOfBlocks(Shape input, int classes) {
    return network.parts(input, classes, training.optimiserSpec());
  }

  /** The same with the cut that {@link #network} makes, so that another run can repeat it. */
  public Settings withCut(Shape input, int classes) {
    return new Settings(
        output,
        seed,
        runId,
        model,
        network.withCut(input, classes, training.optimiserSpec()),
        compute,
        workers,
        data,
        training,
        stopping,
        growth,
        warmStart,
        averaging,
        lease,
        checkpoint,
        run,
        publish,
        evaluation,
        features,
        report,
        sources);
  }

  /**
   * The network for two classes, whose number makes no difference to what fits; empty where the
   * configuration does not tell the shape of the images, or of further fields.
   *
   * @throws UserException if the network does not fit them
   */
  public Optional<NetworkSpec> expectedNetwork() {
    return data.shape()
        .filter(shape -> network.side().inputs().isEmpty())
        .map(shape -> network(shape, 2));
  }

  /**
   * The published model. Immutable.
   *
   * @param name directory below {@code output/models}; the reader puts the configuration file's
   *     name in place of an empty one
   */
  public record Model(String name) {
    public Model {
      FileNames.require("model.name", name);
    }
  }

  /**
   * Evaluation of a snapshot. Immutable.
   *
   * @param batchSize rows; 0 for {@code training.batch-size}
   * @param otherData whether the data set may be another one than the model was trained on
   * @param test whether a run measures on test what it publishes
   */
  public record Evaluation(int batchSize, boolean otherData, boolean test) {
    public Evaluation {
      requireAtLeast("evaluation.batch-size", batchSize, 0);
    }

    /** Rows of an evaluation's batch, given those of a training batch. */
    public int batchSizeOr(int trainingBatch) {
      return batchSize > 0 ? batchSize : trainingBatch;
    }
  }

  /**
   * What a run writes down while it goes on. Immutable.
   *
   * @param interval between figures within an epoch; zero for none
   * @param trace whether what blocks do and when is written down
   * @param tensorboard whether figures of epochs are written for TensorBoard
   * @param mlflow where the run is tracked
   */
  public record Report(Duration interval, boolean trace, boolean tensorboard, Mlflow mlflow) {
    public Report {
      if (interval.isNegative()) {
        throw invalid("report.interval", interval, "must be at least 0s");
      }
    }
  }

  /**
   * A server of MLflow. Immutable.
   *
   * @param uri of the server; empty for none
   * @param experiment that runs belong to
   */
  public record Mlflow(Optional<String> uri, String experiment) {
    private static final Pattern SERVER = Pattern.compile("https?://[^/@\\s]+(/[^@\\s]*)?");

    public Mlflow {
      uri.filter(given -> !SERVER.matcher(given).matches()).ifPresent(Mlflow::refuse);
      if (experiment.isBlank()) {
        throw invalid("report.mlflow.experiment", "\"\"", "must be a name");
      }
    }

    private static void refuse(String uri) {
      throw invalid(
          "report.mlflow.uri",
          uri.contains("@") ? "an address with a user" : uri,
          "must be such as http://host:5000, users and passwords in MLFLOW_TRACKING_USERNAME and"
              + " MLFLOW_TRACKING_PASSWORD");
    }
  }
}
