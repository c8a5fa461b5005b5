package io.blockwise.job.cluster;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.TaskInfo;

/**
 * Tells the jobs of one run where their tasks start and why they fail, before Spark tries them
 * again. Called by Spark's listener thread.
 */
final class TaskWatch extends SparkListener {
  /** Local property of a job: what its tasks are known by. */
  static final String KEY = "blockwise.job";

  private final String run;
  private final Function<String, Optional<TaskJob<?>>> jobs;
  private final Map<Integer, String> keys = new ConcurrentHashMap<>();

  /**
   * @param jobs that are to be told, by their keys
   */
  TaskWatch(String run, Function<String, Optional<TaskJob<?>>> jobs) {
    this.run = run;
    this.jobs = jobs;
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

  private Optional<TaskJob<?>> job(int stage) {
    return Optional.ofNullable(keys.get(stage)).flatMap(jobs);
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart event) {
    TaskInfo task = event.taskInfo();
    job(event.stageId()).ifPresent(job -> job.noteStart(task.executorId(), task.taskId()));
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    TaskInfo task = event.taskInfo();
    job(event.stageId())
        .ifPresent(
            job -> {
              if (event.reason() instanceof TaskFailedReason failure) {
                job.noteFailure(text(failure, task.executorId()));
              }
              job.noteEnd(task.taskId());
            });
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

  /** First line of a failure's message. */
  static String firstLine(Throwable cause) {
    return Optional.ofNullable(cause)
        .map(Throwable::getMessage)
        .flatMap(message -> message.lines().findFirst())
        .orElse("unknown");
  }
}
