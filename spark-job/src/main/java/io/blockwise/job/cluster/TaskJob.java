package io.blockwise.job.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.api.java.JavaFutureAction;

/**
 * A Spark job of one task on its way, and what has been heard of it. Written to by the exchange's
 * and the listener's threads, read by the driver's.
 *
 * @param <T> what the task returns
 */
final class TaskJob<T> {
  private final String key;
  private final Optional<String> wanted;
  private final Map<Long, String> tasks = new ConcurrentHashMap<>();
  private volatile long begunNanos;
  private volatile long heardNanos;
  private volatile boolean opened;
  private volatile long done = -1;
  private volatile String failure;
  private volatile String executor;
  private JavaFutureAction<List<Outcome<T>>> action;

  /**
   * A job that is about to be submitted: its first signs may come before that has returned.
   *
   * @param key that it is known by among the run's
   * @param wanted executor that it shall run on if that is free
   */
  TaskJob(String key, Optional<String> wanted) {
    this.key = key;
    this.wanted = wanted;
  }

  String key() {
    return key;
  }

  /** Spark has it now. */
  void submitted(JavaFutureAction<List<Outcome<T>>> job) {
    action = job;
  }

  JavaFutureAction<List<Outcome<T>>> action() {
    return action;
  }

  /** Its task has got something done. */
  void heard() {
    heardNanos = System.nanoTime();
    opened = true;
  }

  /** Its task says how much it has got done, which may be no more than it said before. */
  void advanced(long count) {
    if (count != done) {
      done = count;
      heard();
    }
  }

  /** An attempt at it has started on this executor. */
  void startedOn(String executorId, long task) {
    begunNanos = System.nanoTime();
    tasks.put(task, executorId);
    executor = executorId;
  }

  /** An attempt at it has ended, in whatever way. */
  void ended(long task) {
    tasks.remove(task);
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

  /** Where it is, or shall be. */
  Optional<String> executorOrWanted() {
    return executor().or(() -> wanted);
  }

  /** Whether an attempt at it takes a place on an executor, as one does that does not stop. */
  boolean hasPlace() {
    return !tasks.isEmpty();
  }

  /** Whether its task has got anything done. */
  boolean isOpen() {
    return opened;
  }

  /** Time since the task got something done, or since it was started if it never did. */
  long silentNanos() {
    return System.nanoTime() - (opened ? heardNanos : begunNanos);
  }
}
