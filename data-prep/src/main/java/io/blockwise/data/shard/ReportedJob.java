package io.blockwise.data.shard;

import io.blockwise.data.progress.Progress;
import io.blockwise.data.progress.Step;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.util.LongAccumulator;

/** Waits for Spark and tells how far it is. */
final class ReportedJob {
  private static final long POLL_MILLIS = 200;

  private ReportedJob() {}

  /**
   * Collects results; ends the job if whoever hears of it, or waits, is ended.
   *
   * @param done how much of the step the tasks have done
   */
  static <T> List<T> collect(JavaRDD<T> results, LongAccumulator done, Step step, Progress progress)
      throws ExecutionException, InterruptedException {
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
