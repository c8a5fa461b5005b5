package io.blockwise.job.cluster.executor;

import io.blockwise.job.checkpoint.SavedReplica;
import io.blockwise.job.worker.Census;
import io.blockwise.job.worker.Lease;
import io.blockwise.job.worker.LeaseReport;
import io.blockwise.job.worker.Place;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.exits.Tally;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;

/** What the driver has executors do, as functions for Spark tasks. Thread-safe. */
public final class ExecutorTasks {
  private ExecutorTasks() {}

  /**
   * A lease that was trained to its end. Immutable.
   *
   * @param place where
   * @param notice what the user should know about the place, one line; empty if nothing
   * @param saved what was written for a checkpoint
   */
  public record Trained(LeaseReport report, Place place, String notice, SavedReplica saved)
      implements Serializable {}

  /** Trains a lease. Every attempt of Spark's at the task is an attempt at the lease. */
  public static Function<Lease, Outcome<Trained>> training(Broadcast<RunSetup> setup) {
    return lease -> {
      TaskContext task = TaskContext.get();
      Lease attempt = lease.attemptedAs(task.taskAttemptId());
      return Outcome.of(() -> ExecutorReplicas.ofThisProcess().train(setup.value(), attempt, task));
    };
  }

  /**
   * Counts a snapshot's answers.
   *
   * @param number of the evaluation among those of the run, which its reports to the driver carry
   */
  public static <T extends Tally<T>> Function<Census<T>, Outcome<T>> evaluation(
      Broadcast<RunSetup> setup, Broadcast<List<BlockState>> snapshot, long number) {
    return census -> {
      TaskContext task = TaskContext.get();
      return Outcome.of(
          () ->
              ExecutorReplicas.ofThisProcess()
                  .evaluate(setup.value(), snapshot.value(), census, number, task));
    };
  }
}
