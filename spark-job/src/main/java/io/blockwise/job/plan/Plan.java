package io.blockwise.job.plan;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Shard;
import io.blockwise.job.cli.LaunchEnvironment;
import io.blockwise.job.cli.Master;
import io.blockwise.job.cluster.Masters;
import io.blockwise.job.config.GrowthSettings.Earlier;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.TrainingSettings;
import io.blockwise.job.config.TrainingSettings.Augmentation;
import io.blockwise.job.device.EngineSelection;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.plan.Memory.Role;
import io.blockwise.job.training.Plans;
import io.blockwise.job.training.Positives;
import io.blockwise.job.training.RowWeights;
import io.blockwise.job.training.growth.GrowthPlan;
import io.blockwise.job.worker.BlockSpan;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.AveragingOptions.Outer;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.Locality;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.cut.Cost;
import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;

/**
 * The command {@code plan}: what a training would take. Starts no Spark application, prepares no
 * data and writes nothing. Immutable.
 */
public final class Plan {
  /** The master that is planned for; the one that this process runs under is a local one. */
  static final String MASTER = "spark.blockwise.master";

  private static final String EXECUTOR_MEMORY = "spark.executor.memory";
  private static final String DRIVER_MEMORY = "spark.driver.memory";

  final Settings settings;
  final Offer offer;

  /** That train at once. */
  final int workers;

  final PlannedData data;
  final Positives positives;
  final Locality locality;
  final List<BlockSize> blocks;
  private final int tokens;

  /** Of every block: base learning rate, times the factor for so many workers. */
  final List<Double> rates;

  /** Of one example in every block, by the specification. */
  final List<Cost> costs;

  /** Empty if the rows of the data set are not known yet, and so is the exchange. */
  final Optional<Schedule> schedule;

  final Optional<Exchange> exchange;
  final Rehearsal.Result rehearsal;

  /** An executor, or the driver if all workers are in it. */
  final Memory process;

  /** The driver if the workers are elsewhere. */
  final Optional<Memory> driver;

  /**
   * Works it out.
   *
   * @throws io.blockwise.base.UserException if the training could not run
   */
  Plan(Settings settings, SparkProperties spark) throws IOException, InterruptedException {
    int processors = Runtime.getRuntime().availableProcessors();
    this.settings = settings;
    offer = offer(settings, spark, processors);
    workers = offer.workers(settings);
    data = data(settings);
    NetworkSpec network = network(settings, data);
    Plans.requireFits(network, data.schema());
    GrowthPlan.requireRoom(settings, network, 0);
    Plans.requirePatience(settings, GrowthPlan.of(settings, network, 0));
    positives = Positives.of(settings.training(), network);
    positives.require();
    locality = network.locality();
    blocks = BlockSize.of(network);
    tokens = Exchange.tokens(settings, network);
    double scale = settings.stepScale().rate().full(workers);
    rates =
        network.blocks().stream().map(block -> block.optimiser().learningRate() * scale).toList();
    costs = Cost.of(network);
    // refused before time is spent on a rehearsal
    EngineSelection.expected(settings.engineChoice(), Optional.of(network));
    schedule =
        Optional.of(data.train())
            .filter(shards -> !shards.isEmpty())
            .map(shards -> Schedule.of(settings, shards, workers));
    int together = offer.workersPerProcess(workers);
    // no more than would train at once on this machine, but for what a second one adds
    int tried = Math.min(together, Math.max(2, processors / offer.threads()));
    rehearsal =
        RehearsalProcess.run(
            task(settings, network, data.schema(), tried),
            settings.libraryThreads(offer.threads()));
    exchange = schedule.map(this::exchange);
    long rows = Math.min(settings.data().memory().bytes(), data.bytes());
    long state = blocks.stream().mapToLong(BlockSize::stateBytes).sum();
    Rehearsal.Footprint taken = rehearsal.of(together);
    long outside = taken.outside() + together * frozenBytes(network);
    OptionalLong driverMemory = spark.bytes(DRIVER_MEMORY);
    long heap = rows + taken.heap();
    if (offer.isLocal()) {
      process = Memory.of(Role.DRIVER, heap, outside, driverMemory);
      driver = Optional.empty();
    } else {
      int outer = settings.averaging().options().outer().optimiser().vectors();
      long ledgers = Memory.ofLedgers(state, workers, outer) + gainBytes();
      process = Memory.of(Role.EXECUTOR, heap, outside, spark.bytes(EXECUTOR_MEMORY));
      driver = Optional.of(Memory.of(Role.DRIVER, ledgers, 0, driverMemory));
    }
    requireRoom(spark);
  }

  /** What a worker keeps of frozen blocks, which does so for all rows of train or for none. */
  private long frozenBytes(NetworkSpec network) {
    boolean freezes =
        settings.stopping().isOn()
            || settings.growth().isOn() && settings.growth().earlier() == Earlier.FROZEN;
    if (!freezes || settings.training().augmentation() != Augmentation.NONE) {
      return 0;
    }
    long rows = data.train().stream().mapToLong(Shard::rows).sum();
    long needed = rows * DecoupledNetwork.frozenRowBytes(network);
    return needed <= settings.training().frozenMemory().bytes() ? needed : 0;
  }

  /**
   * Plans and prints.
   *
   * @throws io.blockwise.base.UserException if the training could not run
   * @throws io.blockwise.job.RunFailedException if the network cannot be tried on this machine
   */
  public static void run(Settings settings) throws IOException, InterruptedException {
    SparkConf conf = new SparkConf();
    Plan plan = new Plan(settings, new SparkProperties(name -> conf.get(name, null)));
    System.out.print(PlanText.of(plan));
    System.out.flush();
  }

  private static Offer offer(Settings settings, SparkProperties spark, int processors) {
    String master = spark.text(MASTER).orElseGet(Masters::current);
    int threads =
        LaunchEnvironment.threads(
            settings,
            master,
            spark.number("spark.task.cpus"),
            spark.number("spark.executor.cores"),
            processors);
    return Offer.of(Master.of(master, processors), spark, threads);
  }

  private static NetworkSpec network(Settings settings, PlannedData data) {
    NetworkSpec network = settings.network(RowTransform.shapes(data.schema()), data.classes());
    return data.manifest()
        .map(made -> RowWeights.in(network, settings.training().classWeights(), made))
        .orElse(network);
  }

  private static PlannedData data(Settings settings) {
    Configuration hadoop = HadoopSettings.current();
    Optional<Dataset> dataset = Datasets.existing(settings, hadoop);
    dataset.ifPresent(there -> Datasets.requireComplete(there, hadoop));
    return dataset
        .map(there -> PlannedData.of(there.manifest()))
        .orElseGet(() -> PlannedData.expected(settings.data()));
  }

  /** Workers as a run has them, except that nothing ends the rehearsal or makes it wait. */
  static Rehearsal.Task task(
      Settings settings, NetworkSpec network, RowSchema schema, int workers) {
    Plans.requireAverages(settings.averaging().options(), network);
    TrainingSettings training = settings.training();
    training.execution().requireTrains(network);
    WorkerPlan plan =
        new WorkerPlan(
            settings.engineChoice(),
            network,
            settings.seed(),
            withFullRounds(settings.averaging().options()),
            settings.averaging().patience(),
            RowTransform.of(schema, network, training.augmentation()).bucketed(training.bucket()),
            training.batchSize(),
            settings.evaluation().batchSizeOr(training.batchSize()),
            training.prefetchThreads(),
            Long.MAX_VALUE,
            Collections.nCopies(network.blocks().size(), new BlockSpan(0, Long.MAX_VALUE)),
            settings.stepScale(),
            Integer.MAX_VALUE,
            training.execution(),
            training.frozenMemory().bytes());
    return new Rehearsal.Task(plan, schema, workers);
  }

  /** A round of workers that are not there would be waited for. */
  private static AveragingOptions withFullRounds(AveragingOptions asked) {
    return new AveragingOptions(
        asked.rule(),
        asked.period(),
        // which knows no speeds either
        asked.periodBySpeed() && asked.rule() != AveragingOptions.Rule.QUORUM,
        asked.codec(),
        asked.staleness(),
        AveragingOptions.Quorum.ALL,
        // lock-step knows no such mean, which takes neither memory nor much time
        asked.outer().optimiser() == OuterOptimiser.RDA ? Outer.NONE : asked.outer(),
        asked.gain(),
        asked.anticipation());
  }

  private Exchange exchange(Schedule known) {
    return Exchange.of(
        settings.runIdAt(Instant.now()),
        blocks,
        settings.averaging().options(),
        tokens,
        known.steps(),
        known.leases(settings, rehearsal.secondsPerStep()));
  }

  /** Of the sums for the gain, on the driver; a rehearsal of several workers has its own. */
  long gainBytes() {
    long parameters = blocks.stream().mapToLong(BlockSize::parameters).sum();
    return Memory.ofGain(settings.averaging().options().gain(), parameters, workers);
  }

  private void requireRoom(SparkProperties spark) {
    boolean watched = offer.master().kind() == Master.Kind.CONTAINERS;
    process.requireRoom(
        offer.isLocal() ? DRIVER_MEMORY : EXECUTOR_MEMORY,
        watched ? spark.bytes(Memory.OVERHEAD) : OptionalLong.empty());
    driver.ifPresent(elsewhere -> elsewhere.requireRoom(DRIVER_MEMORY, OptionalLong.empty()));
  }

  /** Training clock of an epoch whose steps are known, if executors are as fast as this machine. */
  double secondsOfEpoch() {
    return schedule.orElseThrow().longest() * rehearsal.secondsPerStep();
  }
}
