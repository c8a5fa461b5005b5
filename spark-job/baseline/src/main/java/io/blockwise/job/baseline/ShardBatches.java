package io.blockwise.job.baseline;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.TrainingSettings.Augmentation;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.Pass;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.spec.Shape;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.util.TaskCompletionListener;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Reads one partition's shards where the task runs, and makes DL4J's batches of their rows. Travels
 * to executors.
 *
 * @param directory of the data set
 * @param partitions that share the split's shards
 * @param epoch whose order and augmentation the rows get; 0 for rows in order and as they are
 */
record ShardBatches(
    String directory,
    Split split,
    int partitions,
    int batchSize,
    Augmentation augmentation,
    long seed,
    int epoch)
    implements FlatMapFunction<Integer, DataSet> {

  /** The shards of one partition. */
  static List<Shard> share(List<Shard> shards, int partition, int partitions) {
    return IntStream.range(0, shards.size())
        .filter(i -> i % partitions == partition)
        .mapToObj(shards::get)
        .toList();
  }

  @Override
  public Iterator<DataSet> call(Integer partition) throws InterruptedException {
    Dataset dataset = Dataset.open(new Configuration(), new Path(directory));
    DatasetRows rows = new DatasetRows(dataset, Long.MAX_VALUE, 1);
    List<Shard> shards = share(dataset.manifest().split(split).shards(), partition, partitions);
    RowTransform transform = RowTransform.of(dataset.manifest().schema(), augmentation);
    BatchSource batches =
        epoch == 0
            ? rows.inOrder(shards, transform, batchSize)
            : rows.shuffled(shards, transform, new Pass(seed, epoch, partition), batchSize);
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> batches.close());
    int classes = dataset.manifest().classes().size();
    return IntStream.range(0, batches.batches())
        .mapToObj(number -> batch(batches, number, classes))
        .iterator();
  }

  private static DataSet batch(BatchSource batches, int number, int classes) {
    Batch batch = batches.allocate();
    try {
      batches.fill(number, batch);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while reading " + batches, e);
    }
    int rows = batch.rows();
    Shape shape = batch.shape();
    int[] sizes =
        IntStream.concat(IntStream.of(rows), shape.sizes().stream().mapToInt(size -> size))
            .toArray();
    float[] inputs = Arrays.copyOf(batch.inputs(), rows * shape.elements());
    float[] labels = new float[rows * classes];
    for (int row = 0; row < rows; row++) {
      labels[row * classes + batch.labels()[row]] = 1;
    }
    return new DataSet(Nd4j.create(inputs, sizes), Nd4j.create(labels, rows, classes));
  }
}
