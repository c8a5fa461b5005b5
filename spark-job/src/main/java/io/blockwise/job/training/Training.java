package io.blockwise.job.training;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.cli.Interruption;
import io.blockwise.job.config.Settings;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.input.Images;
import io.blockwise.job.report.EventLog;
import io.blockwise.job.report.Progress;
import io.blockwise.job.report.ProgressLine;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.averaging.BlockLedger;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.InProcessExchange;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.PushCounts;
import io.blockwise.model.engine.Block;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.NetworkSpec;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * One run, from the data set to the published model: deals shards in leases, evaluates after every
 * epoch, keeps the epoch whose last block was best on validation, reads test once, publishes.
 *
 * <p>Used by one thread, the driver's.
 */
public final class Training {
  private final Settings settings;
  private final Clock clock;
  private final Instant started;
  private final String runId;
  private final RunDirectory directory;
  private final Images images;
  private final Dataset dataset;
  private final WorkerPlan plan;
  private final List<BlockLedger> ledgers;
  private final RunFigures figures = new RunFigures();
  private final long[] leases;

  private Training(Settings settings, Clock clock) throws InterruptedException {
    this.settings = settings;
    this.clock = clock;
    started = clock.instant();
    runId = settings.runIdAt(started);
    Configuration hadoop = new Configuration();
    directory = new RunDirectory(hadoop, settings.output(), runId);
    Threads.require(settings, System.getenv());
    directory.requireWritable(settings.model().name());
    dataset = Datasets.openOrPrepare(settings, hadoop);
    Datasets.requireComplete(dataset, hadoop);
    images = new Images(dataset, settings.data().memory().bytes());
    NetworkSpec network = settings.network(images.shape(), dataset.manifest().classes().size());
    plan = Plans.of(settings, network, images, trainingShards());
    ledgers = ledgers();
    leases = new long[settings.workers()];
  }

  /**
   * Runs to the published model.
   *
   * @throws io.blockwise.job.UserException for what has to be fixed before training
   * @throws io.blockwise.job.RunFailedException if training cannot go on
   * @throws InterruptedException if the thread was interrupted; nothing is published then
   */
  public static void run(Settings settings) throws Exception {
    Clock clock = Clock.systemUTC();
    Training training = new Training(settings, clock);
    try (EventLog events = training.directory.events(clock)) {
      training.run(new RunEvents(events));
    }
  }

  private void run(RunEvents events) throws Exception {
    directory.write("resolved.conf", settings.rendered());
    events.started(runId, settings, dataset, plan.network(), ledgers.size());
    ParameterExchange exchange = new InProcessExchange(ledgers);
    try (ProgressLine line = ProgressLine.standardOutput();
        WorkerPool workers = new WorkerPool(settings.workers(), () -> new Worker(plan, exchange))) {
      for (int epoch = 1; epoch <= settings.training().epochs(); epoch++) {
        figures.epoch(train(epoch, workers, line));
        evaluateEpoch(workers);
        events.epoch(figures.last(), figures.validation(), counts());
        line.epochDone(progress(figures.last()));
      }
      List<Double> test = accuracy(workers, Split.TEST, figures.best().states());
      publish(test, sent(workers), events);
    } catch (Exception e) {
      ended(e, events);
      throw e;
    }
  }

  private static void ended(Exception reason, RunEvents events) {
    try {
      if (Interruption.isBehind(reason)) {
        events.ended("interrupted", "stopped before the end; nothing was published");
      } else {
        events.ended("failed", String.valueOf(reason.getMessage()));
      }
    } catch (RuntimeException e) {
      reason.addSuppressed(e); // throwing it would hide the failure that brought us here
    }
  }

  /** All leases of one epoch, on all workers at once. */
  private EpochFigures train(int epoch, WorkerPool workers, ProgressLine line)
      throws InterruptedException {
    LeaseSize size = new LeaseSize(settings.lease().seconds());
    EpochDealing dealing =
        new EpochDealing(
            trainingShards(), settings.workers(), settings.seed(), epoch, size.isLimited());
    LiveFigures live = new LiveFigures(ledgers.size());
    for (int worker = 0; worker < settings.workers(); worker++) {
      for (BlockLedger ledger : ledgers) {
        ledger.announce(worker);
      }
    }
    long start = System.nanoTime();
    List<LeaseReport> reports =
        workers.each(
            (worker, number) -> leases(worker, number, epoch, dealing, size, live),
            () -> line.update(progress(epoch, live, System.nanoTime() - start)));
    LeaseReport sum = reports.stream().reduce(LeaseReport.NONE, LeaseReport::plus);
    return new EpochFigures(
        epoch, System.nanoTime() - start, sum, live.losses(), live.accuracies());
  }

  /** One worker's leases of an epoch, on the worker's thread. */
  private LeaseReport leases(
      Worker worker, int number, int epoch, EpochDealing dealing, LeaseSize size, LiveFigures live)
      throws InterruptedException {
    LeaseReport sum = LeaseReport.NONE;
    try {
      List<Shard> shards = dealing.take(number, size.shards(sum));
      while (!shards.isEmpty()) {
        leases[number]++;
        LeaseAttempt attempt = new LeaseAttempt(runId, number, leases[number], 1);
        Lease lease = new Lease(attempt, epoch, shards);
        sum = sum.plus(worker.train(lease, images.of(shards), live));
        size.observed(shards);
        shards = dealing.take(number, size.shards(sum));
      }
      return sum;
    } finally {
      ledgers.forEach(ledger -> ledger.leave(number));
    }
  }

  private void evaluateEpoch(WorkerPool workers) throws InterruptedException {
    List<BlockState> snapshot = ledgers.stream().map(BlockLedger::state).toList();
    figures.evaluated(snapshot, accuracy(workers, Split.VALIDATION, snapshot));
  }

  /** Accuracy of every block of a snapshot on a split, shared out over the workers. */
  private List<Double> accuracy(WorkerPool workers, Split split, List<BlockState> snapshot)
      throws InterruptedException {
    List<Shard> shards = dataset.manifest().split(split).shards();
    List<long[]> counts =
        workers.each(
            (worker, number) -> {
              List<Shard> share =
                  IntStream.range(0, shards.size())
                      .filter(i -> i % settings.workers() == number)
                      .mapToObj(shards::get)
                      .toList();
              return worker.evaluate(snapshot, images.of(share));
            },
            () -> {});
    long rows = dataset.manifest().split(split).rows();
    return IntStream.range(0, ledgers.size())
        .mapToObj(k -> counts.stream().mapToLong(count -> count[k]).sum() / (double) rows)
        .toList();
  }

  private void publish(List<Double> test, long sent, RunEvents events) throws IOException {
    Publication publication = new Publication(settings, dataset, plan, runId, started);
    Instant finished = clock.instant();
    Metrics metrics =
        new Metrics(
            new Metrics.Accuracies(figures.best().validation()),
            new Metrics.Accuracies(test),
            figures.best().epoch(),
            settings.training().epochs(),
            settings.workers(),
            figures.examplesPerSecond(),
            Duration.between(started, finished).toMillis() / 1e3,
            publication.parameters(),
            Publication.pushes(sent, counts()),
            figures.waitShare());
    ModelStore store = directory.models(settings.model().name());
    Path version = store.write(publication.version(figures, metrics, finished));
    store.publish(runId);
    events.finished(version.toString(), metrics);
    Summary.print(System.out, version, metrics);
  }

  private static long sent(WorkerPool workers) throws InterruptedException {
    return workers.each((worker, number) -> worker.sent(), () -> {}).stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  private List<Shard> trainingShards() {
    return dataset.manifest().split(Split.TRAIN).shards();
  }

  /** A ledger per block, all starting from the parameters that the seed draws. */
  private List<BlockLedger> ledgers() {
    try (DecoupledNetwork network =
        new DecoupledNetwork(Engines.create(plan.engine()), plan.network(), plan.seed())) {
      List<BlockLedger> created = new ArrayList<>();
      for (Block block : network.blocks()) {
        created.add(
            new BlockLedger(
                runId,
                created.size() + 1,
                plan.averaging(),
                block.statistics(),
                BlockState.initial(block),
                System::nanoTime));
      }
      return created;
    }
  }

  private PushCounts counts() {
    return ledgers.stream().map(BlockLedger::counts).reduce(PushCounts.NONE, PushCounts::plus);
  }

  private Progress progress(int epoch, LiveFigures live, long nanos) {
    double fraction = (double) (figures.examples() + live.examples()) / plan.examplesOfRun();
    return new Progress(
        epoch,
        settings.training().epochs(),
        Math.min(1, fraction),
        live.examples() * 1e9 / Math.max(1, nanos),
        live.isComplete() ? live.losses() : List.of(),
        figures.validation(),
        settings.workers(),
        counts().meanStaleness());
  }

  private Progress progress(EpochFigures epoch) {
    return new Progress(
        epoch.epoch(),
        settings.training().epochs(),
        Math.min(1, (double) figures.examples() / plan.examplesOfRun()),
        epoch.examplesPerSecond(),
        epoch.losses(),
        figures.validation(),
        settings.workers(),
        counts().meanStaleness());
  }
}
