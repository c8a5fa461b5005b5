package io.blockwise.job.cluster;

import io.blockwise.base.Names;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.WorkersSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The places that an application's executors have for a run's workers. Ends a run that finds none
 * of them for too long: nothing ever hangs silently. Used by the driver's thread.
 */
final class WorkerPlaces {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
  private static final Duration BETWEEN_NOTICES = Duration.ofSeconds(10);

  private final JavaSparkContext context;
  private final WorkersSettings settings;
  private final int needed;
  private final LeaseResources task;
  private final ExecutorRoster roster = ExecutorRoster.ofThisApplication().orElseThrow();
  private long idleSince = System.nanoTime();

  WorkerPlaces(JavaSparkContext context, Settings settings) {
    this.context = context;
    this.settings = settings.workers();
    needed =
        settings.averaging().options().lockStep()
            ? settings.workers().count()
            : settings.workers().min();
    task = LeaseResources.of(context.getConf(), settings.compute().device());
  }

  /** What a worker takes of an executor. */
  LeaseResources task() {
    return task;
  }

  /** Places on all executors, whether or not somebody has them. */
  int count() {
    return roster.places(task);
  }

  /** Whether Spark asks for executors when there are tasks for them, and lets idle ones go. */
  boolean areElastic() {
    return context.getConf().getBoolean("spark.dynamicAllocation.enabled", false);
  }

  /**
   * An executor that has a place left.
   *
   * @param first is taken if it has one, else any
   * @param taken executor of every place that is taken
   */
  Optional<String> freeOne(String first, List<String> taken) {
    return roster.freeOne(first, taken, task);
  }

  /** How Spark names an executor as a preferred location; empty if it is gone. */
  Optional<String> location(String executor) {
    return roster.location(executor);
  }

  /**
   * Waits until there is a place for every worker, or for enough of them and no more come. Returns
   * at once if it is waiting tasks that make executors come.
   *
   * @throws RunFailedException if there are not enough within {@code workers.start-timeout}
   */
  void awaitStart() throws InterruptedException {
    long start = System.nanoTime();
    long changed = start;
    long noticed = start;
    int seen = -1;
    while (!areElastic()) {
      requireApplication(context);
      int found = count();
      long now = System.nanoTime();
      changed = found == seen ? changed : now;
      seen = found;
      boolean late = now - start >= settings.startTimeout().toNanos();
      boolean steady = now - changed >= settings.grace().toNanos();
      if (seen >= settings.count() || seen >= needed && (late || steady)) {
        return;
      }
      if (late) {
        throw tooFew(seen);
      }
      if (now - noticed >= BETWEEN_NOTICES.toNanos()) {
        noticed = now;
        System.out.printf(
            "Waiting for executors: a place for %d of %d workers; there are %s%n",
            seen, settings.count(), roster);
      }
      Thread.sleep(BETWEEN_LOOKS.toMillis());
    }
  }

  private RunFailedException tooFew(int seen) {
    return new RunFailedException(
        "Cannot start: "
            + seen
            + " of at least "
            + needed
            + " workers have found a place within "
            + Names.of(settings.startTimeout())
            + ": there are "
            + roster
            + ", and a worker needs "
            + task
            + " (free resources for executors, lower workers.min, or raise"
            + " workers.start-timeout)");
  }

  /**
   * Refuses to go on with an application that has ended, as when its master gave it up.
   *
   * @throws RunFailedException if it has
   */
  static void requireApplication(JavaSparkContext context) {
    if (context.sc().isStopped()) {
      throw new RunFailedException(
          "Cannot go on: Spark has ended this application (its log, or the cluster manager's, says"
              + " why)");
    }
  }

  /**
   * Notes whether anybody is at work now.
   *
   * @throws RunFailedException if nobody has been for {@code workers.start-timeout}, or the
   *     application has ended
   */
  void requireWork(boolean atWork) {
    requireApplication(context);
    if (atWork) {
      noteWork();
    } else if (System.nanoTime() - idleSince > settings.startTimeout().toNanos()) {
      throw new RunFailedException(
          "Cannot go on: no worker has found a place for "
              + Names.of(settings.startTimeout())
              + ": there are "
              + roster
              + ", and a worker needs "
              + task
              + " (free resources for executors, or raise"
              + " workers.start-timeout)");
    }
  }

  /** Notes that somebody was at work until now, or that nobody had to be. */
  void noteWork() {
    idleSince = System.nanoTime();
  }

  /**
   * Makes a call to Spark that may wait for ever if the application is ended meanwhile.
   *
   * @throws RunFailedException if it has been, or the call takes longer than {@code
   *     workers.start-timeout}
   */
  <T> T within(Callable<T> call) throws InterruptedException {
    try {
      requireApplication(context);
      return SparkCalls.within(settings.startTimeout(), () -> requireApplication(context), call);
    } catch (TimeoutException e) {
      throw new RunFailedException(
          "Cannot go on: Spark has not answered within "
              + Names.of(settings.startTimeout())
              + " (look at its log, or raise workers.start-timeout)");
    }
  }
}
