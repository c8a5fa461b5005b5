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
 * Tells of the tasks of one run where they start and why they fail, before Spark tries them again.
 * Called by Spark's listener thread.
 */
final class TaskWatch extends SparkListener {
  /** Local property of a job: what its tasks are known by. */
  static final String KEY = "blockwise.job";

  /** What it tells. */
  interface Hearer {
    /** A task of the job with this key has started. */
    void started(String key, String executor, long task);

    /** A task of the job with this key has ended, in whatever way. */
    void ended(String key, long task);

    /** A task of the job with this key has failed. */
    void failed(String key, String reason);
  }

  private final String run;
  private final Hearer hearer;
  private final Map<Integer, String> keys = new ConcurrentHashMap<>();

  TaskWatch(String run, Hearer hearer) {
    this.run = run;
    this.hearer = hearer;
  }

  /** A key of a run's own. */
  static String key(String run, String job) {
    return run + "/" + job;
  }

  @Override
  public void onJobStart(SparkListenerJobStart event) {
    String key = event.properties() == null ? null : event.properties().getProperty(KEY);
    if (key != null && key.startsWith(key(run, ""))) {
      for (int i = 0; i < event.stageIds().size(); i++) {
        keys.put((Integer) event.stageIds().apply(i), key);
      }
    }
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart event) {
    String key = keys.get(event.stageId());
    if (key != null) {
      hearer.started(key, event.taskInfo().executorId(), event.taskInfo().taskId());
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    String key = keys.get(event.stageId());
    if (key != null) {
      if (event.reason() instanceof TaskFailedReason failure) {
        hearer.failed(key, text(failure, event.taskInfo().executorId()));
      }
      hearer.ended(key, event.taskInfo().taskId());
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
