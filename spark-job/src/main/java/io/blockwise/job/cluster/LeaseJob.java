package io.blockwise.job.cluster;

import io.blockwise.job.worker.Lease;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaFutureAction;

/**
 * A lease on its way: the Spark job, and what has been heard of it. Written to by the exchange's
 * and the listener's threads, read by the driver's.
 */
final class LeaseJob {
  private final Lease lease;
  private final JavaFutureAction<List<LeaseOutcome>> action;
  private final long startedNanos = System.nanoTime();
  private volatile long heardNanos;
  private volatile boolean opened;
  private volatile String failure;
  private volatile String executor;

  LeaseJob(Lease lease, JavaFutureAction<List<LeaseOutcome>> action) {
    this.lease = lease;
    this.action = action;
  }

  Lease lease() {
    return lease;
  }

  JavaFutureAction<List<LeaseOutcome>> action() {
    return action;
  }

  /** The worker has said something. */
  void heard() {
    heardNanos = System.nanoTime();
    opened = true;
  }

  /** An attempt at it has started on this executor. */
  void startedOn(String executorId) {
    executor = executorId;
  }

  /** An attempt at it has failed; the first reason counts. */
  void failed(String reason) {
    if (failure == null) {
      failure = reason;
    }
  }

  Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  /** Executor of the newest attempt, as far as known. */
  Optional<String> executor() {
    return Optional.ofNullable(executor);
  }

  /** Whether a worker trains it. */
  boolean isOpen() {
    return opened;
  }

  /** Time since the worker was heard; since the start if it never was. */
  long silentNanos() {
    return System.nanoTime() - (opened ? heardNanos : startedNanos);
  }
}
