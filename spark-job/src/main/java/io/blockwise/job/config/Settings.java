package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.base.FileNames;
import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.job.config.hocon.Sources;
import io.blockwise.model.spec.Backbone;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.Method;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Precision;
import io.blockwise.model.spec.Shape;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/**
 * Everything a run is told; each component but {@code sources} is documented at its key in {@code
 * reference.conf}.
 *
 * <p>Always true: {@code workers.count <= data.shards.train}, {@code threads >= 0}, and what the
 * nested records promise. Immutable.
 */
public record Settings(
    String output,
    long seed,
    Optional<String> runId,
    ModelSettings model,
    Method method,
    Backbone.Name backbone,
    Backbone.VggSmall vggSmall,
    Backbone.Vgg8 vgg8,
    Backbone.Mlp mlp,
    NetworkSettings network,
    EngineName engine,
    Precision precision,
    DeviceName device,
    WorkersSettings workers,
    int threads,
    DataSettings data,
    LossSpec loss,
    ExitSpec exit,
    TrainingSettings training,
    AveragingSettings averaging,
    LeaseSettings lease,
    EvaluationSettings evaluation,
    ReportSettings report,
    Sources sources) {

  /** More than any machine has cores; far more than that end in a crash of the library. */
  private static final int MOST_THREADS = 1024;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  public Settings {
    if (output.isBlank()) {
      throw invalid("output", "\"\"", "must be a directory");
    }
    DataSettings.requireNoWebAddress("output", output);
    runId.ifPresent(name -> FileNames.require("run-id", name));
    requireWithin("threads", threads, 0, MOST_THREADS);
    if (training.baseline() != TrainingSettings.Baseline.NONE
        && !(method == Method.BP && Names.of(loss.getClass()).equals(method.loss()))) {
      throw invalid(
          "training.baseline",
          Names.of(training.baseline()),
          "must be none with method "
              + Names.of(method)
              + " and loss "
              + Names.of(loss.getClass())
              + "; the baseline knows bp and cross-entropy only");
    }
    if (workers.count() > data.shards().train()) {
      throw invalid(
          "workers.count",
          workers.count(),
          "must be at most data.shards.train, which is " + data.shards().train());
    }
    if (averaging.quorum().size() > workers.count()) {
      throw invalid(
          "averaging.quorum.size",
          averaging.quorum().size(),
          "must be at most workers.count, which is " + workers.count());
    }
  }

  /** What computes the blocks. */
  public EngineChoice engineChoice() {
    return new EngineChoice(engine, precision);
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
    return new SettingsReader(System.getenv()).read(file, sets);
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
    return threads > 0 ? threads : Math.max(1, cores / workers.count());
  }

  /**
   * The network to train.
   *
   * @param input shape of one example of the data set
   * @param classes of the data set
   * @throws UserException if the network does not fit the data set
   */
  public NetworkSpec network(Shape input, int classes) {
    try {
      Method.Parts parts = new Method.Parts(loss, exit, training.optimiserSpec());
      return method.network(input, classes, blocks(), parts);
    } catch (IllegalArgumentException e) {
      throw new UserException(e.getMessage(), e);
    }
  }

  /**
   * The network for two classes, whose number makes no difference to what fits; empty where the
   * configuration does not tell the shape of the images.
   *
   * @throws UserException if the network does not fit them
   */
  public Optional<NetworkSpec> expectedNetwork() {
    return data.shape().map(shape -> network(shape, 2));
  }

  private List<List<LayerSpec>> blocks() {
    if (!network.blocks().isEmpty()) {
      return network.blocks();
    }
    return switch (backbone) {
      case MLP -> mlp.blocks();
      case VGG_SMALL -> vggSmall.blocks();
      case VGG8 -> vgg8.blocks();
    };
  }
}
