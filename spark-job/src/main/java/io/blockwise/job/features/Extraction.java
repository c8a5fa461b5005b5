package io.blockwise.job.features;

import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.FeatureSettings.ReadOut;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.Feed;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.job.training.PublishedModel;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.features.FeatureRows;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the outputs of one block at a time, so that memory holds those of one only. Used by the
 * network's thread.
 */
final class Extraction {
  private final PublishedModel model;
  private final DecoupledNetwork network;
  private final DatasetRows rows;
  private final ReadOut readOut;
  private final int batchSize;

  Extraction(
      PublishedModel model,
      DecoupledNetwork network,
      DatasetRows rows,
      ReadOut readOut,
      int batchSize) {
    this.model = model;
    this.network = network;
    this.rows = rows;
    this.readOut = readOut;
    this.batchSize = batchSize;
  }

  /**
   * Of the first rows of a split, at most so many.
   *
   * @param block index from 0
   */
  FeatureRows of(int block, Split split, int most) throws InterruptedException {
    List<Shard> shards = first(model.dataset().manifest().split(split).shards(), most);
    int count = Math.min(most, shards.stream().mapToInt(Shard::rows).sum());
    Shape shape = network.spec().borders().get(block + 1).activation();
    int width = width(shape);
    float[] values = new float[Math.multiplyExact(count, width)];
    int[] labels = new int[count];
    try (BatchSource batches = rows.inOrder(shards, model.transform(), batchSize);
        Feed feed = new Feed(batches, 1, network::upload)) {
      for (int at = 0; at < count; ) {
        Batch batch = feed.take();
        int taken = Math.min(batch.rows(), count - at);
        read(network.output(batch, block), shape, values, at * width, taken);
        System.arraycopy(batch.labels(), 0, labels, at, taken);
        at += taken;
        feed.release(batch);
      }
    }
    return new FeatureRows(values, width, labels, network.spec().classes());
  }

  private static List<Shard> first(List<Shard> shards, int most) {
    List<Shard> first = new ArrayList<>();
    int rows = 0;
    for (Shard shard : shards) {
      if (rows < most) {
        first.add(shard);
        rows += shard.rows();
      }
    }
    return first;
  }

  private int width(Shape shape) {
    return shape.elements() / positions(shape);
  }

  /** Of which the mean is taken: 1 where all values are wanted. */
  private int positions(Shape shape) {
    return readOut == ReadOut.POOLED && shape instanceof Shape.FeatureMap map
        ? map.height() * map.width()
        : 1;
  }

  private void read(float[] outputs, Shape shape, float[] into, int from, int count) {
    int positions = positions(shape);
    for (int i = 0; i < count * width(shape); i++) {
      double sum = 0;
      for (int j = 0; j < positions; j++) {
        sum += outputs[i * positions + j];
      }
      into[from + i] = (float) (sum / positions);
    }
  }
}
