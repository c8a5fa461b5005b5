package io.blockwise.job.baseline;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.Baseline;
import io.blockwise.job.cli.LaunchEnvironment;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.TrainingSettings;
import io.blockwise.job.device.Threads;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.report.RunStatus.State;
import io.blockwise.job.training.RunDirectory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The command {@code train} with {@code training.baseline = dl4j-spark}: prepares the data set if
 * it is missing, trains, selects by validation, reads test once, writes {@code baseline.json}.
 *
 * <p>Publishes nothing. Used by one thread, the driver's.
 */
public final class StockTraining implements Baseline {
  private final Clock clock = Clock.systemUTC();

  @Override
  public String name() {
    return Names.of(TrainingSettings.Baseline.DL4J_SPARK);
  }

  @Override
  public void run(Settings settings) throws Exception {
    Instant started = clock.instant();
    Configuration hadoop = new Configuration();
    int threads = LaunchEnvironment.threads(settings);
    Threads.require(threads, System.getenv());
    RunDirectory.of(hadoop, settings, started).requireWritable(settings.model().name());
    try (JavaSparkContext spark =
        StockSpark.start(settings.workers().count(), Integer.toString(threads))) {
      Dataset dataset = Datasets.openOrPrepare(settings, hadoop);
      Datasets.requireComplete(dataset, hadoop);
      requireEnough(settings, dataset);
      StockRun run = new StockRun(settings, dataset, spark);
      RunDirectory directory = RunDirectory.begin(hadoop, settings, started);
      try {
        directory.configure(settings);
        directory.say(State.TRAINING, "");
        List<StockReport.Epoch> history = run.train();
        StockReport report = report(settings, directory.runId(), threads, run, history, started);
        directory.write("baseline.json", report.json());
        directory.say(State.FINISHED, "");
        print(report, directory);
      } catch (Exception e) {
        directory.ended(e);
        throw e;
      }
    }
  }

  private StockReport report(
      Settings settings,
      String runId,
      int threads,
      StockRun run,
      List<StockReport.Epoch> history,
      Instant started) {
    StockReport.Epoch best = StockReport.best(history);
    double test = run.testOfBest();
    return new StockReport(
        runId,
        Names.of(settings.training().baseline()),
        best.validation(),
        test,
        best.epoch(),
        history.size(),
        settings.workers().count(),
        threads,
        settings.training().batchSize(),
        settings.averaging().options().period(),
        StockReport.examplesPerSecond(history),
        Duration.between(started, clock.instant()).toMillis() / 1e3,
        run.parameters(),
        history);
  }

  private static void requireEnough(Settings settings, Dataset dataset) {
    List<Shard> shards = dataset.manifest().split(Split.TRAIN).shards();
    int batch = settings.training().batchSize();
    for (int worker = 0; worker < settings.workers().count(); worker++) {
      List<Shard> share = ShardBatches.share(shards, worker, settings.workers().count());
      int rows = share.stream().mapToInt(Shard::rows).sum();
      if (rows < batch) {
        throw new UserException(
            "Cannot train with training.batch-size = "
                + batch
                + ": a worker gets "
                + rows
                + " rows (lower training.batch-size, or use fewer workers)");
      }
    }
  }

  private static void print(StockReport report, RunDirectory directory) {
    System.out.printf(
        Locale.ROOT,
        "%nBest on validation: epoch %d of %d%n%n  validation    test%n  %8.2f %%  %5.2f %%%n%n"
            + "%.1f examples/s, %.0f s in all%nWrote %s/baseline.json, published nothing%n",
        report.selectedEpoch(),
        report.epochs(),
        100 * report.validation(),
        100 * report.test(),
        report.examplesPerSecond(),
        report.seconds(),
        directory);
  }
}
