package io.blockwise.job.baseline;

import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.spark.api.TrainingHook;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Counts what the workers really train: DL4J leaves out the rows of a round that exceed the batches
 * between two averagings. Travels to executors; the counts are read on the driver.
 */
final class TrainedRows implements TrainingHook {
  private final LongAccumulator rows;
  private final LongAccumulator batches;

  TrainedRows(SparkContext spark) {
    rows = spark.longAccumulator("rows");
    batches = spark.longAccumulator("batches");
  }

  long rows() {
    return rows.value();
  }

  long batches() {
    return batches.value();
  }

  @Override
  public void preUpdate(DataSet batch, Model model) {}

  @Override
  public void postUpdate(DataSet batch, Model model) {
    rows.add(batch.numExamples());
    batches.add(1);
  }

  @Override
  public void preUpdate(MultiDataSet batch, Model model) {}

  @Override
  public void postUpdate(MultiDataSet batch, Model model) {}
}
