package io.blockwise.job.cluster;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.RunFailedException;
import io.blockwise.model.averaging.BlockState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** Measures snapshots on executors, in tasks that Spark repeats. Used by the driver's thread. */
final class ClusterEvaluation {
  private static final long GLANCE_MILLIS = 100;

  private final JavaSparkContext context;
  private final LeaseJobs jobs;
  private final Broadcast<RunSetup> setup;
  private final IdleLimit idle;

  ClusterEvaluation(
      JavaSparkContext context, LeaseJobs jobs, Broadcast<RunSetup> setup, IdleLimit idle) {
    this.context = context;
    this.jobs = jobs;
    this.setup = setup;
    this.idle = idle;
  }

  /**
   * Correct answers of every block on all rows.
   *
   * @param shares shards of every task
   * @param locations where each of them should run
   * @param anyPlaces whether there is an executor
   */
  long[] correct(
      List<BlockState> snapshot,
      List<List<Shard>> shares,
      List<Optional<String>> locations,
      BooleanSupplier anyPlaces)
      throws InterruptedException {
    idle.restart();
    Broadcast<List<BlockState>> sent = context.broadcast(snapshot);
    JavaFutureAction<List<Outcome<long[]>>> action =
        jobs.start(shares, locations, "evaluation", new EvaluationTask(setup, sent));
    try {
      long[] correct = new long[snapshot.size()];
      for (Outcome<long[]> outcome : join(action, anyPlaces)) {
        long[] part = outcome.result();
        for (int k = 0; k < correct.length; k++) {
          correct[k] += part[k];
        }
      }
      return correct;
    } finally {
      action.cancel(true);
      sent.unpersist(); // destroyed, it would be an error for a job that Spark has yet to let go of
      idle.restart();
    }
  }

  private <T> List<T> join(JavaFutureAction<List<T>> action, BooleanSupplier anyPlaces)
      throws InterruptedException {
    while (true) {
      try {
        return action.get(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        idle.require(anyPlaces.getAsBoolean());
      } catch (ExecutionException e) {
        IdleLimit.requireApplication(context);
        throw new RunFailedException(
            "Cannot evaluate: "
                + ClusterWorkers.firstLine(e.getCause())
                + " (look at the executors' logs)");
      }
    }
  }
}
