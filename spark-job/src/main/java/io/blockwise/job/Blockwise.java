package io.blockwise.job;

import io.blockwise.job.cli.Action;
import io.blockwise.job.cli.Actions;
import io.blockwise.job.cli.Commands;
import io.blockwise.job.cli.Interruption;
import io.blockwise.job.compare.Compare;
import io.blockwise.job.config.Settings;
import io.blockwise.job.evaluation.ModelEvaluation;
import io.blockwise.job.export.ModelExport;
import io.blockwise.job.features.FeatureQuality;
import io.blockwise.job.guarantee.ModelCalibration;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.plan.Plan;
import io.blockwise.job.prediction.bulk.BulkPrediction;
import io.blockwise.job.report.RunListing;
import io.blockwise.job.training.Replay;
import io.blockwise.job.training.Rollback;
import io.blockwise.job.training.growth.Shrinking;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.SparkStatusTracker;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/** The program that {@code spark-submit --class io.blockwise.job.Blockwise} runs. */
public final class Blockwise {
  private static final Duration FOR_TASKS = Duration.ofSeconds(2);

  private Blockwise() {}

  /** Runs one command; see {@code --help}. */
  public static void main(String[] arguments) {
    Actions actions =
        UserErrors.of(
            new Actions(
                Blockwise::run,
                Blockwise::runs,
                Compare::run,
                BulkPrediction::run,
                ModelCalibration::run,
                Shrinking::run,
                Rollback::run,
                ModelExport::run));
    LastLine err = new LastLine(new OutputStreamWriter(System.err, StandardCharsets.UTF_8));
    int code =
        Interruption.during(
            stopping -> {
              try {
                return Commands.run(
                    actions, stopping, writer(System.out), new PrintWriter(err, true), arguments);
              } finally {
                stopSpark(stopping);
              }
            },
            Blockwise::atShutdown);
    // A return leaves it to Spark to end the process, which on YARN is what reports success.
    if (code != 0 && FailedApplication.isReported()) {
      throw new FailedApplication(err.text());
    } else if (code != 0) {
      System.exit(code);
    }
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  static void run(Action action, Settings settings) throws Exception {
    switch (action) {
      case PREPARE -> Datasets.prepare(settings);
      case TRAIN -> TrainCommand.run(settings);
      case EVALUATE -> ModelEvaluation.run(settings);
      case FEATURES -> FeatureQuality.run(settings);
      case PLAN -> Plan.run(settings);
      case REPLAY -> Replay.run(settings);
    }
  }

  private static void runs(String output) throws IOException {
    RunListing.print(HadoopSettings.current(), output, Instant.now(), System.out);
  }

  /** Here, and not in a hook: executors that lose their driver would complain. */
  private static void stopSpark(BooleanSupplier stopping) {
    Option<SparkSession> session = SparkSession.getDefaultSession();
    if (session.isDefined()) {
      // when the process is told to end, Spark stops in a hook of its own and answers nobody
      if (!stopping.getAsBoolean()) {
        awaitTasks(session.get().sparkContext().statusTracker());
      }
      session.get().stop();
    }
  }

  /**
   * Tasks beside one that has failed end a moment after the job; what they find of a stopped Spark
   * would be logged with stack traces, behind the line that says what is wrong.
   */
  private static void awaitTasks(SparkStatusTracker tracker) {
    Instant end = Instant.now().plus(FOR_TASKS);
    try {
      while (Instant.now().isBefore(end)
          && Stream.of(tracker.getExecutorInfos()).anyMatch(info -> info.numRunningTasks() > 0)) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Hadoop's own hooks close its file systems, and Spark stops its context in one of them. */
  private static void atShutdown(Runnable first) {
    ShutdownHookManager.get()
        .addShutdownHook(
            first, Integer.MAX_VALUE, 2 * Interruption.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
