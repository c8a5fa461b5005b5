package io.blockwise.job.cluster;

import io.blockwise.base.Names;
import io.blockwise.job.RunFailedException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Ends a run that nobody is at work for: nothing ever hangs silently. Used by the driver's thread.
 */
final class IdleLimit {
  private final JavaSparkContext context;
  private final ExecutorRoster roster;
  private final LeaseResources task;
  private final Duration longest;
  private long idleSince = System.nanoTime();

  /**
   * @param task what a worker needs
   * @param longest time that nobody may be at work, which is {@code workers.start-timeout}
   */
  IdleLimit(
      JavaSparkContext context, ExecutorRoster roster, LeaseResources task, Duration longest) {
    this.context = context;
    this.roster = roster;
    this.task = task;
    this.longest = longest;
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
   * @throws RunFailedException if nobody has been for too long, or the application has ended
   */
  void require(boolean atWork) {
    requireApplication(context);
    if (atWork) {
      restart();
    } else if (System.nanoTime() - idleSince > longest.toNanos()) {
      throw new RunFailedException(
          "Cannot go on: no worker has found a place for "
              + Names.of(longest)
              + ": there are "
              + roster
              + ", and a worker needs "
              + task
              + " (free resources for executors, or raise"
              + " workers.start-timeout)");
    }
  }

  /**
   * Makes a call to Spark that may wait for ever if the application is ended meanwhile.
   *
   * @throws RunFailedException if it has been, or the call takes longer than the limit
   */
  <T> T within(Callable<T> call) throws InterruptedException {
    try {
      requireApplication(context);
      return SparkCalls.within(longest, () -> requireApplication(context), call);
    } catch (TimeoutException e) {
      throw new RunFailedException(
          "Cannot go on: Spark has not answered within "
              + Names.of(longest)
              + " (look at its log, or raise workers.start-timeout)");
    }
  }

  /** Somebody was at work until now. */
  void restart() {
    idleSince = System.nanoTime();
  }
}
