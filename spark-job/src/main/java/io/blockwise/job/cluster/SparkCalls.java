package io.blockwise.job.cluster;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls into Spark that may take for ever: a master that does not answer is asked for a minute, and
 * an application that its master ends leaves whoever is about to use it waiting.
 */
final class SparkCalls {
  private static final long POLL_MILLIS = 100;

  private SparkCalls() {}

  /**
   * Makes a call on a thread of its own, which is left alone if the call does not return.
   *
   * @param meanwhile called now and then by the calling thread, and when the call has failed; what
   *     it throws ends the wait
   * @throws TimeoutException if the call takes longer than {@code atMost}
   */
  static <T> T within(Duration atMost, Runnable meanwhile, Callable<T> call)
      throws InterruptedException, TimeoutException {
    FutureTask<T> task = new FutureTask<>(call);
    Thread thread = new Thread(task, "blockwise-spark-call");
    thread.setDaemon(true);
    thread.start();
    long end = System.nanoTime() + atMost.toNanos();
    while (true) {
      try {
        return task.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        meanwhile.run(); // an application that has ended is why, whatever the call says
        throw unchecked(e.getCause());
      } catch (TimeoutException e) {
        meanwhile.run();
        if (System.nanoTime() - end >= 0) {
          throw e;
        }
      }
    }
  }

  private static RuntimeException unchecked(Throwable cause) {
    if (cause instanceof RuntimeException failure) {
      return failure;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return new IllegalStateException(cause.getMessage(), cause); // Scala declares no exceptions
  }
}
