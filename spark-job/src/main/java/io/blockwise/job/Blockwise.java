package io.blockwise.job;

import io.blockwise.job.cli.Actions;
import io.blockwise.job.cli.Commands;
import io.blockwise.job.cli.Interruption;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.plan.Plan;
import io.blockwise.job.report.RunListing;
import io.blockwise.job.training.ModelEvaluation;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/** The program that {@code spark-submit --class io.blockwise.job.Blockwise} runs. */
public final class Blockwise {
  private Blockwise() {}

  /** Runs one command; see {@code --help}. */
  public static void main(String[] arguments) {
    Actions actions =
        new Actions(
                Datasets::prepare,
                TrainCommand::run,
                ModelEvaluation::run,
                Plan::run,
                UserErrors.listing(Blockwise::runs))
            .map(UserErrors::of);
    int code =
        Interruption.during(
            stopping -> {
              try {
                return Commands.run(actions, stopping, arguments);
              } finally {
                stopSpark();
              }
            },
            Blockwise::atShutdown);
    // A return leaves it to Spark to end the process, which on YARN is what reports success.
    if (code != 0) {
      System.exit(code);
    }
  }

  private static void runs(String output) throws IOException {
    RunListing.print(HadoopSettings.current(), output, Instant.now(), System.out);
  }

  /** Here, and not in a hook: executors that lose their driver would complain. */
  private static void stopSpark() {
    Option<SparkSession> session = SparkSession.getDefaultSession();
    if (session.isDefined()) {
      session.get().stop();
    }
  }

  /** Hadoop's own hooks close its file systems, and Spark stops its context in one of them. */
  private static void atShutdown(Runnable first) {
    ShutdownHookManager.get()
        .addShutdownHook(
            first, Integer.MAX_VALUE, 2 * Interruption.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
