package io.blockwise.job.cluster;

import io.blockwise.base.Names;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.cluster.TaskJob.End;
import io.blockwise.job.cluster.executor.Outcome;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;

/**
 * The Spark jobs of a run that are at work now. Tells which have failed, which have stopped getting
 * anything done, and which still have a place on an executor although they were given up. Used by
 * the driver's thread; learns how jobs go on the threads of Spark's listeners and of the exchange.
 */
final class RunningJobs implements AutoCloseable {
  private static final long PAUSE_MILLIS = 20;
  private static final Pattern CANCELLED =
      Pattern.compile("cancelled job group \\S+|cancellation of all jobs");
  private static final Duration LONGEST_STOP = Duration.ofSeconds(3);

  private final String run;
  private final JavaSparkContext context;
  private final Submission submission;
  private final Duration longestSilence;
  private final Duration longestStart;
  private final TaskWatch watch;
  private final Map<String, TaskJob<?>> running = new ConcurrentHashMap<>();
  private final Map<String, TaskJob<?>> stopping = new ConcurrentHashMap<>();
  private final Set<String> knownExecutors = new HashSet<>();

  /**
   * @param longestSilence time in which a task gets nothing done before it counts as lost, {@code
   *     lease.stall-timeout}
   * @param longestStart the same for the first task of a process, {@code workers.start-timeout}
   */
  RunningJobs(
      String run,
      JavaSparkContext context,
      WorkerPlaces places,
      Duration longestSilence,
      Duration longestStart) {
    this.run = run;
    this.context = context;
    this.submission = new Submission(context, run, places);
    this.longestSilence = longestSilence;
    this.longestStart = longestStart;
    watch = new TaskWatch(run, this::runningOrStopping);
    listen();
  }

  /**
   * Hears of tasks from now on.
   *
   * @throws RunFailedException if the application has ended
   */
  private void listen() {
    try {
      context.sc().addSparkListener(watch);
    } catch (IllegalStateException e) { // Spark's, where its bus has stopped
      WorkerPlaces.requireApplication(context);
      throw e;
    }
  }

  private Optional<TaskJob<?>> runningOrStopping(String key) {
    return Optional.ofNullable(running.getOrDefault(key, stopping.get(key)));
  }

  /**
   * Starts a job of one task.
   *
   * @param name of the job, its own among those of the run
   * @param wanted executor that the task should run on
   */
  <A, T> TaskJob<T> start(
      String name, A value, Optional<String> wanted, Function<A, Outcome<T>> task) {
    TaskJob<T> job = new TaskJob<>(TaskWatch.key(run, name), wanted, System::nanoTime);
    running.put(job.key(), job);
    try {
      job.submitted(submission.start(value, job.key(), wanted, task));
      return job;
    } catch (RuntimeException e) {
      running.remove(job.key());
      WorkerPlaces.requireApplication(context);
      throw e;
    }
  }

  /**
   * How a job has ended: done, or lost, because its task has failed, its executor is gone or it
   * gets nothing done, whether or not its process is alive. What is lost keeps its place until its
   * task has stopped. Empty while it runs.
   *
   * <p>Spark would try a failed task again by itself, as it is and perhaps at the same place; to
   * start anew what is lost reaches executors that are alive.
   *
   * @throws RuntimeException that the task has refused with: it makes no sense to try again
   * @throws RunFailedException if somebody has cancelled the job's group
   */
  <T> Optional<End<T>> end(TaskJob<T> job) throws InterruptedException {
    if (job.action().isDone()) {
      try {
        T result = job.action().get().get(0).result();
        running.remove(job.key());
        job.executor().ifPresent(knownExecutors::add);
        return Optional.of(new End.Done<>(result));
      } catch (ExecutionException e) {
        requireWanted(e.getCause());
        return Optional.of(lost(job, job.failure().orElse(TaskWatch.firstLine(e.getCause()))));
      }
    }
    return job.failure().or(() -> silence(job)).map(reason -> lost(job, reason));
  }

  /** What somebody wants to end is not started anew. Spark says it in its message alone. */
  private static void requireWanted(Throwable failure) {
    Matcher cancelled = CANCELLED.matcher(TaskWatch.firstLine(failure));
    if (cancelled.find()) {
      throw new RunFailedException("The training was cancelled: " + cancelled.group());
    }
  }

  private <T> End<T> lost(TaskJob<?> job, String reason) {
    giveUp(job);
    return new End.Lost<>(reason);
  }

  private Optional<String> silence(TaskJob<?> job) {
    if (!job.hasPlace() && !job.hasProgressed()) {
      return Optional.empty();
    }
    // A process that has not worked yet loads libraries, and cannot say anything meanwhile.
    boolean known =
        job.hasProgressed() || job.executor().filter(knownExecutors::contains).isPresent();
    Duration most = known ? longestSilence : longestStart;
    if (job.silentNanos() <= most.toNanos()) {
      return Optional.empty();
    }
    return Optional.of(
        "executor "
            + job.executor().orElse("unknown")
            + " has got nothing done for "
            + Names.of(most)
            + (known ? " (lease.stall-timeout)" : " (workers.start-timeout)"));
  }

  /** Stops a job whose result is not wanted. It keeps its place until its task has stopped. */
  void giveUp(TaskJob<?> job) {
    job.action().cancel(true);
    stopping.put(job.key(), job);
    running.remove(job.key());
  }

  /** A job of this name that is running and has not been given up. */
  Optional<TaskJob<?>> running(String name) {
    return Optional.ofNullable(running.get(TaskWatch.key(run, name)));
  }

  /** Executor of every place that is taken, or about to be. */
  List<String> takenPlaces() {
    return Stream.concat(running.values().stream(), stopping.values().stream())
        .flatMap(job -> job.executorOrWanted().stream())
        .toList();
  }

  /** Places that are still taken by jobs that were given up. */
  int stopping() {
    stopping.values().removeIf(job -> !job.hasPlace());
    return stopping.size();
  }

  /** Sleeps between two looks at jobs. */
  static void pause() throws InterruptedException {
    Thread.sleep(PAUSE_MILLIS);
  }

  /** Gives all jobs up, and waits a little for their tasks to stop. */
  @Override
  public void close() {
    running.values().forEach(this::giveUp);
    // Tasks that find the exchange closed before they are told to stop would complain.
    long end = System.nanoTime() + LONGEST_STOP.toNanos();
    try {
      while (stopping() > 0 && System.nanoTime() < end) {
        pause();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    context.sc().removeSparkListener(watch);
  }
}
