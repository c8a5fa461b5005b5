package io.blockwise.data.learn;

import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.progress.ReportedJob;
import java.util.concurrent.ExecutionException;
import org.apache.spark.api.java.JavaRDD;

/** Learns from the training split, as Spark work. Used by one thread. */
public interface Learner {
  /**
   * Learns. The order of the rows, and how they are spread over partitions, must not show.
   *
   * @param raw what a raw row is
   * @param train values of the fields of all rows of train, as their source has read them
   * @param first for the first work on them, in which all rows are read
   */
  Learned learn(RowSchema raw, JavaRDD<byte[][]> train, ReportedJob first)
      throws ExecutionException, InterruptedException;
}
