package io.blockwise.job.cluster;

import io.blockwise.base.Names;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.WorkersSettings;
import java.time.Duration;
import java.util.function.IntSupplier;
import org.apache.spark.api.java.JavaSparkContext;

/** Holds a run back until enough workers have a place. Used by the driver's thread. */
final class StartGate {
  private static final Duration GLANCE = Duration.ofMillis(100);

  private static final Duration BETWEEN_NOTICES = Duration.ofSeconds(10);

  private final WorkersSettings settings;
  private final int needed;
  private final IntSupplier places;
  private final String task;

  /**
   * Waits for executors of an application, unless it is its tasks that make them come.
   *
   * @throws RunFailedException if there are not enough in time
   */
  static void await(Settings settings, JavaSparkContext context, ExecutorRoster roster)
      throws InterruptedException {
    if (ClusterSession.isElastic(context)) {
      return;
    }
    WorkersSettings workers = settings.workers();
    int needed = settings.averaging().options().lockStep() ? workers.count() : workers.min();
    LeaseResources task = LeaseResources.of(context.getConf(), settings.compute().device());
    IntSupplier places =
        () -> {
          IdleLimit.requireApplication(context);
          return roster.places(task);
        };
    new StartGate(workers, needed, places, task.toString()).await(roster);
  }

  /**
   * @param needed workers without which the run does not start
   * @param places that there are now
   * @param task what a place needs, for the message
   */
  StartGate(WorkersSettings settings, int needed, IntSupplier places, String task) {
    this.settings = settings;
    this.needed = needed;
    this.places = places;
    this.task = task;
  }

  /**
   * Returns when there is a place for every worker, or for enough of them and no more come.
   *
   * @param facts what there is now, for the message
   * @throws RunFailedException if there are not enough in time
   */
  void await(Object facts) throws InterruptedException {
    long start = System.nanoTime();
    long changed = start;
    long noticed = start;
    int seen = places.getAsInt();
    while (seen < settings.count()) {
      long now = System.nanoTime();
      if (seen >= needed && now - changed >= settings.grace().toNanos()) {
        return;
      }
      if (now - start >= settings.startTimeout().toNanos()) {
        if (seen >= needed) {
          return;
        }
        throw new RunFailedException(
            "Cannot start: "
                + seen
                + " of at least "
                + needed
                + " workers have found a place within "
                + Names.of(settings.startTimeout())
                + ": there are "
                + facts
                + ", and a worker needs "
                + task
                + " (free resources for executors, lower workers.min, or raise"
                + " workers.start-timeout)");
      }
      if (now - noticed >= BETWEEN_NOTICES.toNanos()) {
        noticed = now;
        System.out.printf(
            "Waiting for executors: a place for %d of %d workers; there are %s%n",
            seen, settings.count(), facts);
      }
      Thread.sleep(GLANCE.toMillis());
      int found = places.getAsInt();
      if (found != seen) {
        seen = found;
        changed = System.nanoTime();
      }
    }
  }
}
