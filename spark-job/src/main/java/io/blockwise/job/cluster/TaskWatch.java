package io.blockwise.job.cluster;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * Tells of the tasks of one run's leases where they start and why they fail, before Spark tries
 * them again. Called by Spark's listener thread.
 */
final class TaskWatch extends SparkListener {
  /** Local property of a lease's job. */
  static final String LEASE = "blockwise.lease";

  /** What it tells. */
  interface Hearer {
    /** A task of the lease with this key has started. */
    void started(String lease, String executor, long task);

    /** A task of the lease with this key has ended, in whatever way. */
    void ended(String lease, long task);

    /** A task of the lease with this key has failed. */
    void failed(String lease, String reason);
  }

  private final String run;
  private final Hearer hearer;
  private final Map<Integer, String> leases = new ConcurrentHashMap<>();

  TaskWatch(String run, Hearer hearer) {
    this.run = run;
    this.hearer = hearer;
  }

  /** What {@link #LEASE} is set to. */
  static String key(String run, int worker, long lease) {
    return run + "/" + worker + "/" + lease;
  }

  @Override
  public void onJobStart(SparkListenerJobStart event) {
    String lease = event.properties() == null ? null : event.properties().getProperty(LEASE);
    if (lease != null && lease.startsWith(run + "/")) {
      for (int i = 0; i < event.stageIds().size(); i++) {
        leases.put((Integer) event.stageIds().apply(i), lease);
      }
    }
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart event) {
    String lease = leases.get(event.stageId());
    if (lease != null) {
      hearer.started(lease, event.taskInfo().executorId(), event.taskInfo().taskId());
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    String lease = leases.get(event.stageId());
    if (lease != null) {
      if (event.reason() instanceof TaskFailedReason failure) {
        hearer.failed(lease, text(failure, event.taskInfo().executorId()));
      }
      hearer.ended(lease, event.taskInfo().taskId());
    }
  }

  private static String text(TaskFailedReason failure, String executor) {
    if (failure instanceof ExecutorLostFailure lost) {
      String reason = lost.reason().isDefined() ? ": " + firstLine(lost.reason().get()) : "";
      return "executor " + executor + " is gone" + reason;
    }
    if (failure instanceof ExceptionFailure thrown) {
      return "on executor "
          + executor
          + ": "
          + thrown.className()
          + ": "
          + firstLine(thrown.description());
    }
    return "on executor " + executor + ": " + firstLine(failure.toErrorString());
  }

  private static String firstLine(String text) {
    return String.valueOf(text).lines().findFirst().orElse("");
  }
}
