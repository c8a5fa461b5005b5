package io.blockwise.job.training;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Digests;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.cli.LaunchEnvironment;
import io.blockwise.job.cluster.Masters;
import io.blockwise.job.config.Settings;
import io.blockwise.job.device.EngineSelection;
import io.blockwise.job.device.Engines;
import io.blockwise.job.device.Threads;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.tape.ReplayedTape;
import io.blockwise.job.tape.TapeLine;
import io.blockwise.job.training.dealing.EpochTraining;
import io.blockwise.job.training.dealing.LeaseBook;
import io.blockwise.job.training.dealing.LeaseBorders;
import io.blockwise.job.training.growth.GrowthPlan;
import io.blockwise.job.worker.LiveFigures;
import io.blockwise.job.worker.LocalWorkers;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.job.worker.Workers;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.engine.Device;
import io.blockwise.model.spec.NetworkSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Repeats a run by its tape, up to the epoch whose model was published, and writes nothing. Used by
 * the driver's thread.
 */
public final class Replay {
  private final Settings settings;
  private final Path run;
  private final ReplayedTape tape;

  private Replay(Settings settings, Path run, ReplayedTape tape) {
    this.settings = settings;
    this.run = run;
    this.tape = tape;
  }

  /**
   * Replays a run and prints what it has come to.
   *
   * @param settings those of the run's directory, with its {@code run-id}
   * @throws UserException if the run has no tape, or cannot be repeated here
   * @throws io.blockwise.job.RunFailedException if something happens that is not on the tape; names
   *     the line
   */
  public static void run(Settings settings) throws Exception {
    Path run = Path.of(settings.output(), "runs", settings.runId().orElseThrow());
    try (ReplayedTape tape = ReplayedTape.open(run.resolve(Tapes.FILE))) {
      Replay replay = new Replay(settings, run, tape);
      replay.requireSameRun();
      replay.requireRepeatable();
      replay.run();
    }
  }

  private void requireSameRun() throws IOException {
    TapeLine.Start start = tape.start();
    if (!start.runId().equals(run.getFileName().toString())) {
      throw refused("its tape is of run " + start.runId(), "give the directory of that run");
    }
    Path configuration = run.resolve(RunDirectory.CONFIGURATION);
    String found = Digests.sha256(Files.readAllBytes(configuration));
    if (!found.equals(start.configuration())) {
      throw refused(
          configuration.getFileName()
              + " has checksum "
              + Digests.abbreviated(found)
              + ", the tape is of a run with "
              + Digests.abbreviated(start.configuration()),
          "restore the file");
    }
  }

  private void requireRepeatable() {
    TapeLine.Start start = tape.start();
    if (!start.turns()) {
      throw refused(
          "its workers were on executors, whose tape says what was dealt and folded, but not when"
              + " workers took note of it",
          "train on one machine with --master local[*]");
    }
    if (!Masters.isLocal(Masters.current())) {
      throw refused(
          "master " + Masters.current() + " has executors", "leave --master out, or give local[*]");
    }
    int threads = LaunchEnvironment.threads(settings);
    if (start.threads() != 1 || threads != 1) {
      throw refused(
          "every worker had " + start.threads() + " threads, and would have " + threads + " now",
          "only a run with threads = 1 computes the same every time");
    }
    Threads.require(threads, System.getenv());
  }

  private void run() throws Exception {
    EngineSelection engine =
        EngineSelection.tried(settings.engineChoice(), settings.expectedNetwork());
    Dataset dataset = dataset();
    RowSchema schema = dataset.manifest().schema();
    int classes = dataset.manifest().classes().size();
    NetworkSpec network =
        RowWeights.in(
            settings.network(RowTransform.shapes(schema), classes),
            settings.training().classWeights(),
            dataset.manifest());
    List<Shard> shards = dataset.manifest().split(Split.TRAIN).shards();
    GrowthPlan growth = GrowthPlan.of(settings, network, 0);
    WorkerPlan plan = Plans.of(settings, network, schema, shards, growth).with(engine.choice());
    int count = settings.workers().count();
    DatasetRows rows = new DatasetRows(dataset, settings.data().memory().bytes(), count);
    List<BlockLedger> ledgers =
        Ledgers.of(run.getFileName().toString(), plan, rows.embeddings(network), List.of(), tape);
    try (Workers threads =
        new LocalWorkers(
            count,
            plan,
            rows,
            tape.exchange(ledgers),
            new LiveFigures(ledgers.size()),
            settings.lease().stallTimeout())) {
      requireSameEngine();
      List<BlockState> states = train(growth, shards, ledgers, tape.follow(threads));
      TapeLine.End end = Tapes.end(network, tape.end().epoch(), states);
      tape.end(() -> end);
      print(end);
    }
  }

  /** The data set, which is not made: it would not have to be the same. */
  private Dataset dataset() {
    Dataset dataset =
        Datasets.existing(settings, HadoopSettings.current())
            .orElseThrow(
                () -> refused("its data set is not there", "prepare it with the run's files"));
    if (!dataset.fingerprint().equals(tape.start().dataset())) {
      throw refused(
          "the data set " + dataset.directory() + " is another one than it was trained on",
          "prepare that one again");
    }
    return dataset;
  }

  // Other kernels round differently.
  private void requireSameEngine() {
    String found = Engines.usedOn(Device.CPU).toString();
    if (!found.equals(tape.start().engine())) {
      throw refused(
          "it was computed with " + tape.start().engine() + ", here is " + found,
          "replay it with that library on that kind of processor");
    }
  }

  /** All epochs, as what follows the published one is on the tape, too. */
  private List<BlockState> train(
      GrowthPlan growth, List<Shard> shards, List<BlockLedger> ledgers, Workers workers)
      throws InterruptedException {
    LeaseBook book =
        new LeaseBook(
            run.getFileName().toString(),
            settings.workers().count(),
            settings.lease().maxFailures());
    List<BlockState> states = List.of();
    for (int epoch = 1; epoch <= settings.epochs(); epoch++) {
      new EpochTraining(
              settings,
              epoch,
              growth.of(epoch),
              shards,
              ledgers,
              workers,
              book,
              LeaseBorders.NONE,
              tape)
          .run(() -> {}, (end, took) -> {});
      if (epoch == tape.end().epoch()) {
        states = ledgers.stream().map(BlockLedger::state).toList();
      }
      System.out.printf("epoch %d/%d as taped%n", epoch, settings.epochs());
    }
    return states;
  }

  private void print(TapeLine.End end) {
    System.out.printf(
        "Replayed %s: %d lines of %s, and the same model after epoch %d%n%n",
        run, tape.lines(), Tapes.FILE, end.epoch());
    for (int k = 0; k < end.blocks().size(); k++) {
      System.out.printf("  block %d  SHA-256 %s%n", k + 1, end.blocks().get(k));
    }
  }

  private UserException refused(String fact, String remedy) {
    return UserException.cannot("replay " + run, fact, remedy);
  }
}
