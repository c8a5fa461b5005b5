package io.blockwise.job.training;

import io.blockwise.base.files.DirectoryLock;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.checkpoint.ReplicaFiles;
import io.blockwise.job.cli.Interruption;
import io.blockwise.job.cluster.ClusterWorkers;
import io.blockwise.job.config.CheckpointSettings;
import io.blockwise.job.config.Settings;
import io.blockwise.job.exchange.wire.WireSize;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.report.EventLog;
import io.blockwise.job.report.ProgressDisplay;
import io.blockwise.job.report.ProgressLine;
import io.blockwise.job.report.RunStatus.State;
import io.blockwise.job.report.html.ReportFile;
import io.blockwise.job.report.html.Result;
import io.blockwise.job.report.html.RunHistory;
import io.blockwise.job.report.mlflow.MlflowRun;
import io.blockwise.job.report.tensorboard.ScalarLog;
import io.blockwise.job.tape.Tape;
import io.blockwise.job.trace.Traces;
import io.blockwise.job.training.dealing.EpochSoFar;
import io.blockwise.job.training.dealing.EpochTraining;
import io.blockwise.job.training.dealing.LeaseBook;
import io.blockwise.job.training.dealing.LeaseBorders;
import io.blockwise.job.training.growth.BlockSchedule;
import io.blockwise.job.training.growth.Stop;
import io.blockwise.job.training.progress.EpochFigures;
import io.blockwise.job.training.progress.EpochReport;
import io.blockwise.job.training.progress.RunFigures;
import io.blockwise.job.training.progress.RunProgress;
import io.blockwise.job.training.progress.RunReport;
import io.blockwise.job.training.resume.Checkpointing;
import io.blockwise.job.training.resume.Resumption;
import io.blockwise.job.worker.Answers;
import io.blockwise.job.worker.BlockScores;
import io.blockwise.job.worker.LeaseReport;
import io.blockwise.job.worker.LiveFigures;
import io.blockwise.job.worker.LocalWorkers;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.job.worker.Workers;
import io.blockwise.model.artifact.Exits;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.engine.EngineDescription;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
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
  private final ProcessUse process;
  private final Instant started;
  private final long begun = System.nanoTime();
  private final String runId;
  private final RunDirectory directory;
  private final Tape tape;
  private final Traces traces;

  private final RunSetup setup;
  private final Dataset dataset;
  private final WorkerPlan plan;
  private final List<BlockLedger> ledgers;
  private final RunFigures figures;
  private final RunProgress progress;
  private final BlockSchedule schedule;
  private final LeaseBook book;
  private final LiveFigures live;
  private final DirectoryLock lock;
  private final Resumption before;

  private Training(
      Settings settings,
      Clock clock,
      ProcessUse process,
      RunDirectory directory,
      DirectoryLock lock)
      throws IOException, InterruptedException {
    this.clock = clock;
    this.process = process;
    this.directory = directory;
    this.lock = lock;
    runId = directory.runId();
    started = clock.instant();
    setup = RunSetup.of(settings);
    this.settings = setup.settings();
    dataset = setup.dataset();
    plan = setup.plan();
    directory.configure(this.settings);
    before =
        directory.isBegun()
            ? Resumption.of(runId, directory.checkpoints(), dataset)
            : Resumption.NONE;
    tape = settings.averaging().tape() ? Tapes.recorded(directory, setup.local()) : Tape.NONE;
    traces = settings.report().trace() ? Traces.of(plan) : Traces.NONE;
    ledgers =
        before.ledgers(
            Ledgers.of(runId, plan, setup.rows().embeddings(plan.network()), setup.grown(), tape));
    schedule = BlockSchedule.of(runId, settings, plan, setup.growth());
    figures = new RunFigures(ledgers.size(), settings.training().patience());
    progress =
        new RunProgress(settings.epochs(), settings.workers().count(), plan, ledgers, figures);
    live = new LiveFigures(ledgers.size());
    book = new LeaseBook(runId, settings.workers().count(), settings.lease().maxFailures());
    before.restore(schedule, figures, book);
  }

  /** Who is in the processes in which workers are. */
  public enum ProcessUse {
    /** This run, so that the memory which a process takes is the run's. */
    ALONE,
    /** Other runs, too, at the same time or before. */
    SHARED
  }

  /**
   * Runs to the published model, and shows on standard output how far it is and what it has
   * reached.
   *
   * @throws io.blockwise.base.UserException for what has to be fixed before training
   * @throws io.blockwise.job.RunFailedException if training cannot go on
   * @throws InterruptedException if the thread was interrupted; nothing is published then
   */
  public static void run(Settings settings) throws Exception {
    if (FinishedRun.say(HadoopSettings.current(), settings, Instant.now(), System.out)) {
      return;
    }
    try (ProgressLine line = ProgressLine.standardOutput()) {
      run(
          settings,
          line,
          ProcessUse.ALONE,
          (training, metrics) -> {
            Path version = training.models().path(training.runId);
            Set<EngineDescription> engines = training.figures.engines();
            Summary.print(System.out, version, metrics, engines, training.remarks());
          });
    }
  }

  /** The same as one of several runs of this process; each may have a thread of its own. */
  public static void run(Settings settings, ProgressDisplay display, ProcessUse process)
      throws Exception {
    run(settings, display, process, (training, metrics) -> {});
  }

  private static void run(
      Settings settings,
      ProgressDisplay display,
      ProcessUse process,
      BiConsumer<Training, Metrics> trained)
      throws Exception {
    Clock clock = Clock.systemUTC();
    Configuration hadoop = HadoopSettings.current();
    RunDirectory place = RunDirectory.of(hadoop, settings, clock.instant());
    place.requireWritable(settings.model().name());
    place.alone(
        settings,
        display::notice,
        lock -> {
          RunDirectory directory = RunDirectory.begin(hadoop, settings, clock.instant());
          try {
            Training training = new Training(settings, clock, process, directory, lock);
            Metrics metrics = training.run(display);
            trained.accept(training, metrics);
          } catch (Exception e) {
            directory.ended(e);
            throw e;
          }
        });
  }

  private List<String> remarks() {
    int workers = settings.workers().count();
    List<String> remarks = new ArrayList<>();
    schedule.stopped().map(Stop::text).ifPresent(remarks::add);
    remarks.addAll(Expectation.of(settings, workers).sentences(figures.steps()));
    if (workers > 1) {
      remarks.add(
          String.format(
              Locale.ROOT,
              "%.1f %% of the workers' time for averaging with averaging.period = %d: a longer one"
                  + " takes less, and learns less",
              100 * figures.averagingShare(),
              settings.averaging().options().period()));
    }
    return remarks;
  }

  private Metrics run(ProgressDisplay display) throws Exception {
    RunHistory history = new RunHistory();
    try (tape;
        EventLog log = directory.events(clock, history);
        ScalarLog scalars =
            settings.report().tensorboard() ? directory.scalars(clock) : ScalarLog.NONE;
        MlflowRun tracked = directory.tracked(settings, clock, display::notice)) {
      ReportFile page = directory.page(history, display::notice);
      return run(new RunReport(display, log, progress, page, scalars, tracked));
    }
  }

  private Metrics run(RunReport report) throws Exception {
    directory.say(State.TRAINING, "");
    report.started(runId, settings, setup.engine(), dataset);
    report.resumed(before.from(), before.notices());
    try (Workers workers = workers(report);
        Checkpointing checkpoints = checkpointing(workers, report)) {
      workers.show(report.gauges(book::lost));
      if (!setup.engine().reason().isEmpty()) {
        report.notice(setup.engine().reason());
      }
      setup.positives().warning().ifPresent(report::notice);
      RowWeights.notice(plan.network(), dataset.manifest().schema()).ifPresent(report::notice);
      if (settings.warmStart().isOn()) {
        report.notice(
            setup
                .ancestor()
                .map(model -> "Starting from version " + model.version().id())
                .orElse("No version is published yet: the weights are drawn"));
      }
      workers.awaitStart();
      tape.begin(() -> Tapes.start(runId, settings, dataset, setup.input().spark().isEmpty()));
      trainEpochs(workers, checkpoints, report);
      checkpoints.finish(); // before they are deleted
      tape.end(() -> Tapes.end(plan.network(), figures.best().epoch(), figures.best().states()));
      List<BlockState> best = figures.best().states();
      Exits exits = setup.measured().exits(best, workers, report);
      return publish(exits, test(best, workers, report), traffic(workers), report);
    } catch (Exception e) {
      report.ended(e);
      throw e;
    } finally {
      traces.write(directory::create);
    }
  }

  /** Threads of this process on a local master, executors on any other. */
  private Workers workers(RunReport report) throws InterruptedException {
    return setup.input().spark().isEmpty()
        ? new LocalWorkers(
            settings.workers().count(),
            plan,
            setup.rows(),
            new ReplicaFiles(new Storage(HadoopSettings.current())),
            tape.exchange(ledgers),
            live,
            settings.lease().stallTimeout(),
            traces::ofWorker)
        : new ClusterWorkers(
            settings,
            setup.input().spark().get(),
            runId,
            plan,
            dataset,
            ledgers,
            live,
            report::notice);
  }

  /** A tape holds a whole run, so that one which is taped is not kept. */
  private Checkpointing checkpointing(Workers workers, RunReport report) throws IOException {
    KeptRun kept =
        new KeptRun(
            dataset,
            plan,
            ledgers,
            book,
            figures,
            schedule,
            report,
            begun,
            () -> traffic(workers),
            before.nanos());
    return new Checkpointing(
        settings.averaging().tape() ? CheckpointSettings.NONE : settings.checkpoint(),
        directory.checkpoints(),
        directory.checkpoints().next(),
        settings.isDeterministic(),
        kept,
        kept,
        clock);
  }

  private void trainEpochs(Workers workers, Checkpointing checkpoints, RunReport report)
      throws InterruptedException {
    int epoch = before.epoch().map(EpochSoFar::epoch).orElse(1);
    Optional<TrainedBlocks> blocks =
        before.epoch().map(EpochSoFar::trained).or(() -> schedule.of(1));
    while (blocks.isPresent()) {
      report.changed(schedule.joining(epoch));
      figures.epoch(train(epoch, blocks.get(), workers, checkpoints, report));
      BlockScores scores = evaluateEpoch(blocks.get(), workers, report);
      report.epochDone(traffic(workers));
      report.changed(schedule.evaluated(epoch, scores));
      epoch++;
      blocks = schedule.of(epoch);
    }
    schedule.stopped().ifPresent(report::stopped);
    if (schedule.stopped().isEmpty() && epoch <= settings.epochs()) {
      report.notice(
          "All blocks are frozen: the run ends after epoch "
              + (epoch - 1)
              + " of "
              + settings.epochs());
    }
  }

  private EpochFigures train(
      int number, TrainedBlocks blocks, Workers workers, LeaseBorders borders, RunReport report)
      throws InterruptedException {
    live.take();
    EpochTraining epoch =
        before
            .epoch()
            .filter(sofar -> sofar.epoch() == number)
            .map(sofar -> rest(sofar, workers, borders))
            .orElseGet(
                () ->
                    new EpochTraining(
                        settings,
                        number,
                        blocks,
                        setup.trainingShards(),
                        ledgers,
                        workers,
                        book,
                        borders,
                        tape));
    EpochReport said = report.epoch(number, settings.report().interval());
    LeaseReport sum =
        epoch.run(
            () -> {
              Interruption.insist();
              lock.requireHeld();
              said.within(epoch.running(), live.sums(), epoch.nanos());
            },
            report::leaseEnded);
    said.trained(sum);
    schedule.trained(blocks, sum);
    return new EpochFigures(
        number,
        epoch.nanos(),
        sum,
        epoch.places(),
        epoch.mostRunning(),
        epoch.effectivePeriods(),
        epoch.lost());
  }

  private EpochTraining rest(EpochSoFar epoch, Workers workers, LeaseBorders borders) {
    epoch.reports().values().forEach(report -> live.add(report.figures()));
    return new EpochTraining(settings, epoch, ledgers, workers, book, borders);
  }

  private WireSize traffic(Workers workers) {
    return before.traffic().plus(workers.traffic());
  }

  private BlockScores evaluateEpoch(TrainedBlocks blocks, Workers workers, RunReport report)
      throws InterruptedException {
    List<BlockState> snapshot =
        ledgers.stream().limit(blocks.joined()).map(BlockLedger::state).toList();
    BlockScores scores = setup.measured().validation(snapshot, workers, report);
    figures.evaluated(snapshot, scores);
    return scores;
  }

  private ModelStore models() {
    return directory.models(settings.model().name());
  }

  private Metrics.TestFigures test(List<BlockState> best, Workers workers, RunReport report)
      throws InterruptedException {
    if (!settings.evaluation().test()) {
      return Metrics.TestFigures.NONE;
    }
    Answers answers = setup.measured().test(best, workers, report);
    long rows = dataset.manifest().split(Split.TEST).rows();
    return new Metrics.TestFigures(answers.accuracies(rows), answers.confusion());
  }

  private Metrics publish(Exits exits, Metrics.TestFigures test, WireSize traffic, RunReport report)
      throws IOException {
    Publication publication =
        new Publication(
            settings,
            dataset,
            plan,
            setup.measured().rows().count(),
            setup.ancestor(),
            runId,
            started);
    Instant finished = clock.instant();
    Metrics metrics =
        new Metrics(
            new Metrics.Accuracies(figures.best().validation()),
            test,
            figures.best().epoch(),
            figures.last().epoch(),
            settings.workers().count(),
            figures.examplesPerSecond(),
            before.nanos() / 1e9 + Duration.between(started, finished).toMillis() / 1e3,
            publication.parameters(),
            Publication.pushes(figures.sent(), progress.pushes()),
            figures.waitShare(),
            cost(traffic),
            schedule.dynamics());
    lock.requireStillHeld();
    directory.say(State.PUBLISHING, schedule.stopped().map(Stop::text).orElse(""));
    byte[] page = report.page(new Result(metrics, dataset.manifest().classes()));
    Path version =
        models()
            .write(
                publication.version(exits, figures, metrics, finished),
                Map.of(ReportFile.NAME, page));
    directory.publish(settings, metrics);
    report.finished(version.toString(), metrics);
    return metrics;
  }

  private Metrics.Cost cost(WireSize traffic) {
    long memory = process == ProcessUse.ALONE ? figures.peakMemory() : 0;
    return new Metrics.Cost(figures.stepSeconds(), memory, traffic.pushed(), traffic.pulled());
  }
}
