package io.blockwise.job.cluster;

import io.blockwise.base.Names;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;

/**
 * The jobs of one run: knows where each of them is, which have failed or get nothing done, and
 * which still hold a place though they were given up. Started, asked and given up by the driver's
 * thread; hears of them on the threads of Spark's listeners and of the exchange.
 */
final class RunningJobs implements AutoCloseable {
  private static final long GLANCE_MILLIS = 20;
  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(3);

  private final String run;
  private final JavaSparkContext context;
  private final Submission submission;
  private final Duration longestSilence;
  private final Duration longestStart;
  private final TaskWatch watch;
  private final Map<String, TaskJob<?>> running = new ConcurrentHashMap<>();
  private final Map<String, TaskJob<?>> leaving = new ConcurrentHashMap<>();
  private final Set<String> warm = new HashSet<>();

  /**
   * @param longestSilence time in which a task gets nothing done before it counts as lost, {@code
   *     lease.stall-timeout}
   * @param longestStart the same for the first task of a process, {@code workers.start-timeout}
   */
  RunningJobs(
      String run,
      JavaSparkContext context,
      Submission submission,
      Duration longestSilence,
      Duration longestStart) {
    this.run = run;
    this.context = context;
    this.submission = submission;
    this.longestSilence = longestSilence;
    this.longestStart = longestStart;
    watch = new TaskWatch(run, new Hearing());
    context.sc().addSparkListener(watch);
  }

  /**
   * Starts a job of one task.
   *
   * @param name of the job, its own among those of the run
   * @param wanted executor that the task should run on
   */
  <A, T> TaskJob<T> start(
      String name, A value, Optional<String> wanted, Function<A, Outcome<T>> task) {
    TaskJob<T> job = new TaskJob<>(TaskWatch.key(run, name), wanted);
    running.put(job.key(), job);
    try {
      job.submitted(submission.start(value, job.key(), wanted, task));
      return job;
    } catch (RuntimeException e) {
      running.remove(job.key());
      IdleLimit.requireApplication(context);
      throw e;
    }
  }

  /**
   * How a job has ended: done, or lost, because its task has failed, its executor is gone or it
   * gets nothing done, whether or not its process is alive. What is lost keeps its place until its
   * task has stopped. Empty while it runs.
   *
   * <p>Spark would try a failed task again by itself, as it is and perhaps at the same place; to
   * start anew what is lost reaches the living.
   *
   * @throws RuntimeException that the task has refused with: it makes no sense to try again
   */
  <T> Optional<JobEnd<T>> end(TaskJob<T> job) throws InterruptedException {
    if (job.action().isDone()) {
      try {
        T result = job.action().get().get(0).result();
        running.remove(job.key());
        job.executor().ifPresent(warm::add);
        return Optional.of(JobEnd.done(result));
      } catch (ExecutionException e) {
        return Optional.of(lost(job, job.failure().orElse(firstLine(e.getCause()))));
      }
    }
    return job.failure().or(() -> silence(job)).map(reason -> lost(job, reason));
  }

  private static String firstLine(Throwable cause) {
    return String.valueOf(cause == null ? null : cause.getMessage())
        .lines()
        .findFirst()
        .orElse("unknown");
  }

  private <T> JobEnd<T> lost(TaskJob<?> job, String reason) {
    giveUp(job);
    return JobEnd.lost(reason);
  }

  private Optional<String> silence(TaskJob<?> job) {
    if (!job.hasPlace() && !job.isOpen()) {
      return Optional.empty();
    }
    // A process that has not worked yet loads libraries, and cannot say anything meanwhile.
    boolean started = job.isOpen() || job.executor().filter(warm::contains).isPresent();
    Duration most = started ? longestSilence : longestStart;
    if (job.silentNanos() <= most.toNanos()) {
      return Optional.empty();
    }
    return Optional.of(
        "executor "
            + job.executor().orElse("unknown")
            + " has got nothing done for "
            + Names.of(most)
            + (started ? " (lease.stall-timeout)" : " (workers.start-timeout)"));
  }

  /** Does not want a job any longer. Until its task has stopped, it keeps its place. */
  void giveUp(TaskJob<?> job) {
    job.action().cancel(true);
    leaving.put(job.key(), job);
    running.remove(job.key());
  }

  /** A job's task has got something done. */
  void heard(String name) {
    wanted(name).ifPresent(TaskJob::heard);
  }

  /** A job's task says how much it has got done. */
  void advanced(String name, long done) {
    wanted(name).ifPresent(job -> job.advanced(done));
  }

  /** A job that has not been given up. */
  boolean isWanted(String name) {
    return wanted(name).isPresent();
  }

  private Optional<TaskJob<?>> wanted(String name) {
    return Optional.ofNullable(running.get(TaskWatch.key(run, name)));
  }

  /** Executor of every place that is taken, or about to be. */
  List<String> taken() {
    return Stream.concat(running.values().stream(), leaving.values().stream())
        .flatMap(job -> job.executorOrWanted().stream())
        .toList();
  }

  /** Places that are taken by what was given up. */
  int leaving() {
    leaving.values().removeIf(job -> !job.hasPlace());
    return leaving.size();
  }

  /** Lets a moment pass. */
  static void pause() throws InterruptedException {
    Thread.sleep(GLANCE_MILLIS);
  }

  /** Gives all of them up, and waits a little for their tasks to stop. */
  @Override
  public void close() {
    running.values().forEach(this::giveUp);
    // Tasks that find the exchange closed before they are told to stop would complain.
    long end = System.nanoTime() + LONGEST_FAREWELL.toNanos();
    try {
      while (leaving() > 0 && System.nanoTime() < end) {
        pause();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    context.sc().removeSparkListener(watch);
  }

  /** What Spark says. */
  private final class Hearing implements TaskWatch.Hearer {
    private Optional<TaskJob<?>> any(String key) {
      return Optional.ofNullable(running.getOrDefault(key, leaving.get(key)));
    }

    @Override
    public void started(String key, String executor, long task) {
      any(key).ifPresent(job -> job.startedOn(executor, task));
    }

    @Override
    public void ended(String key, long task) {
      any(key).ifPresent(job -> job.ended(task));
    }

    @Override
    public void failed(String key, String reason) {
      any(key).ifPresent(job -> job.failed(reason));
    }
  }
}
