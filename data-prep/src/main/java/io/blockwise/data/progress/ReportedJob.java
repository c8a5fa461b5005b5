package io.blockwise.data.progress;

import java.io.Serializable;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.util.LongAccumulator;
import scala.Function1;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.concurrent.Await;
import scala.concurrent.duration.Duration;
import scala.runtime.BoxedUnit;

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
      report(action::isDone, millis -> action.get(millis, TimeUnit.MILLISECONDS));
      List<T> collected = action.get();
      progress.advanced(step, step.total());
      return collected;
    } catch (InterruptedException | RuntimeException e) {
      action.cancel(true);
      throw e;
    }
  }

  /**
   * Does the work, and hands over what comes of a partition as soon as it is there, one after the
   * other and in any order, so that they need not all fit into memory.
   *
   * @param results one of each partition
   * @param each is given the result and the number of its partition, on a thread of Spark's
   */
  public <T> void forEach(JavaRDD<T> results, ObjIntConsumer<T> each)
      throws ExecutionException, InterruptedException {
    SimpleFutureAction<T> action = submit(results, each);
    try {
      report(
          action::isCompleted,
          millis -> Await.ready(action, Duration.apply(millis, TimeUnit.MILLISECONDS)));
      action.get();
      progress.advanced(step, step.total());
    } catch (SparkException e) {
      throw new ExecutionException(e);
    } catch (InterruptedException | RuntimeException e) {
      action.cancel();
      throw e;
    }
  }

  private static <T> SimpleFutureAction<T> submit(JavaRDD<T> results, ObjIntConsumer<T> each) {
    List<Object> partitions =
        IntStream.range(0, results.getNumPartitions()).<Object>mapToObj(i -> i).toList();
    return results
        .context()
        .submitJob(
            results.rdd(),
            (Function1<Iterator<T>, T> & Serializable) Iterator::next,
            JavaConverters.asScalaBuffer(partitions),
            (partition, result) -> {
              each.accept(result, (int) partition);
              return BoxedUnit.UNIT;
            },
            () -> null);
  }

  /** Tells how far it is until it is done. */
  private void report(BooleanSupplier isDone, Waiting waiting)
      throws ExecutionException, InterruptedException {
    while (!isDone.getAsBoolean()) {
      progress.advanced(step, Math.min(step.total(), done.sum()));
      try {
        waiting.upTo(POLL_MILLIS);
      } catch (TimeoutException e) {
        // Not finished yet: time to report.
      }
    }
  }

  /** Waits for the end of a job. */
  @FunctionalInterface
  private interface Waiting {
    void upTo(long millis) throws ExecutionException, InterruptedException, TimeoutException;
  }
}
