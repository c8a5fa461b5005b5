package io.blockwise.job.cluster;

import io.blockwise.job.worker.Lease;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;

/** A lease as a Spark task. Every attempt of Spark's is an attempt at the lease. */
final class LeaseTask implements Function<Lease, LeaseOutcome> {
  private static final long serialVersionUID = 1;

  private final Broadcast<RunSetup> setup;

  LeaseTask(Broadcast<RunSetup> setup) {
    this.setup = setup;
  }

  @Override
  public LeaseOutcome call(Lease lease) throws Exception {
    TaskContext task = TaskContext.get();
    return ExecutorReplicas.ofThisProcess()
        .train(setup.value(), lease.attemptedAs(task.taskAttemptId()), new TaskView(task));
  }
}
