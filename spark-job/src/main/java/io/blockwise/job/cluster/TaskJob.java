package io.blockwise.job.cluster;

import io.blockwise.job.cluster.executor.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.spark.api.java.JavaFutureAction;

/**
 * A Spark job of one task, and what is known of how it goes. Written to by the exchange's and the
 * listener's threads, read by the driver's.
 *
 * @param <T> what the task returns
 */
final class TaskJob<T> {
  /** How a job has ended. */
  sealed interface End<T> {
    /** Its task has returned. */
    record Done<T>(T result) implements End<T> {}

    /** There is no result, for this reason; to be started anew. */
    record Lost<T>(String reason) implements End<T> {}
  }

  private final String key;
  private final Optional<String> wanted;
  private final LongSupplier nanoClock;
  private final Map<Long, String> attempts = new ConcurrentHashMap<>();
  private volatile long startedAt;
  private volatile long progressAt;
  private volatile boolean hasProgressed;
  private volatile long done = -1;
  private volatile String failure;
  private volatile String executor;
  private JavaFutureAction<List<Outcome<T>>> action;

  /**
   * A job that is about to be submitted: its task may start before that has returned.
   *
   * @param key that it is known by among the run's
   * @param wanted executor that it shall run on if that is free
   * @param nanoClock monotonic, such as {@code System::nanoTime}
   */
  TaskJob(String key, Optional<String> wanted, LongSupplier nanoClock) {
    this.key = key;
    this.wanted = wanted;
    this.nanoClock = nanoClock;
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

  /** Notes that its task has got something done. */
  void noteProgress() {
    progressAt = nanoClock.getAsLong();
    hasProgressed = true;
  }

  /** Notes how much work its task has done, which may be no more than the last time. */
  void noteWork(long count) {
    if (count != done) {
      done = count;
      noteProgress();
    }
  }

  /** Notes that an attempt at its task has started on this executor. */
  void noteStart(String executorId, long attempt) {
    startedAt = nanoClock.getAsLong();
    attempts.put(attempt, executorId);
    executor = executorId;
  }

  /** Notes that an attempt at its task has ended, in whatever way. */
  void noteEnd(long attempt) {
    attempts.remove(attempt);
  }

  /** Notes that an attempt at its task has failed; the first reason counts. */
  void noteFailure(String reason) {
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

  /** Whether an attempt at its task is on an executor, as one is that does not stop. */
  boolean hasPlace() {
    return !attempts.isEmpty();
  }

  /** Whether its task has ever got anything done. */
  boolean hasProgressed() {
    return hasProgressed;
  }

  /** Time since its task got something done, or since it was started if it never did. */
  long silentNanos() {
    return nanoClock.getAsLong() - (hasProgressed ? progressAt : startedAt);
  }
}
