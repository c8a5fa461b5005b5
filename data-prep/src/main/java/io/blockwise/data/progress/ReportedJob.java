package io.blockwise.data.progress;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.util.LongAccumulator;

/**
 * Work of Spark's that tells how far it is, and ends if whoever hears of it, or waits for it, is
 * ended. Immutable.
 *
 * @param done how much of the step the tasks have done
 */
public record ReportedJob(Step step, LongAccumulator done, Progress progress) {
  private static final long POLL_MILLIS = 200;

  /** Does the work, and collects what comes of it, in the order of the partitions. */
  public <T> List<T> collect(JavaRDD<T> results) throws ExecutionException, InterruptedException {
    JavaFutureAction<List<T>> action = results.collectAsync();
    try {
      while (!action.isDone()) {
        progress.advanced(step, Math.min(step.total(), done.sum()));
        waitFor(action);
      }
      List<T> collected = action.get();
      progress.advanced(step, step.total());
      return collected;
    } catch (InterruptedException | RuntimeException e) {
      action.cancel(true);
      throw e;
    }
  }

  private static void waitFor(JavaFutureAction<?> action)
      throws ExecutionException, InterruptedException {
    try {
      action.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // Not finished yet: time to report.
    }
  }
}
