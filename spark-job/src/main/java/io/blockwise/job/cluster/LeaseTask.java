package io.blockwise.job.cluster;

import io.blockwise.job.worker.Lease;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;

/** A lease as a Spark task. Every attempt of Spark's is an attempt at the lease. */
final class LeaseTask implements Function<Lease, Outcome<Trained>> {
  private static final long serialVersionUID = 1;

  private final Broadcast<RunSetup> setup;

  LeaseTask(Broadcast<RunSetup> setup) {
    this.setup = setup;
  }

  @Override
  public Outcome<Trained> call(Lease lease) throws Exception {
    TaskContext task = TaskContext.get();
    Lease attempt = lease.attemptedAs(task.taskAttemptId());
    return Outcome.of(
        () -> ExecutorReplicas.ofThisProcess().train(setup.value(), attempt, new TaskView(task)));
  }
}
