package io.blockwise.job.feed;

import io.blockwise.base.SplitMix;
import io.blockwise.model.engine.Batch;
import java.util.Arrays;
import java.util.List;

/** Rows that are in memory together, in the order in which batches take them. Thread-safe. */
final class OrderedRows {
  private final List<ImageRows> shards;
  private final int[] starts;
  private final ImageTransform transform;
  private final int[] order;

  private OrderedRows(List<ImageRows> shards, ImageTransform transform, int[] order) {
    // An empty shard has no row of its own at which the search for a row's shard could end.
    this.shards = shards.stream().filter(shard -> shard.count() > 0).toList();
    this.starts = new int[this.shards.size()];
    for (int i = 1; i < starts.length; i++) {
      starts[i] = starts[i - 1] + this.shards.get(i - 1).count();
    }
    this.transform = transform;
    this.order = order;
    this.shards.forEach(this::requireShape);
  }

  /** As they come. */
  static OrderedRows ascending(List<ImageRows> shards, ImageTransform transform) {
    return new OrderedRows(shards, transform, ascending(rows(shards)));
  }

  /** Mixed over all shards. */
  static OrderedRows shuffled(List<ImageRows> shards, ImageTransform transform, SplitMix random) {
    int[] order = ascending(rows(shards));
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.below(i + 1);
      int moved = order[i];
      order[i] = order[j];
      order[j] = moved;
    }
    return new OrderedRows(shards, transform, order);
  }

  private static int rows(List<ImageRows> shards) {
    return Math.toIntExact(shards.stream().mapToLong(ImageRows::count).sum());
  }

  int count() {
    return order.length;
  }

  /**
   * Copies {@code count} rows from position {@code from} of the order to row {@code at} of a batch.
   */
  void copy(int from, int count, Pass pass, Batch into, int at) {
    for (int i = 0; i < count; i++) {
      copy(order[from + i], pass, into, at + i);
    }
  }

  private void copy(int position, Pass pass, Batch into, int at) {
    int found = Arrays.binarySearch(starts, position);
    int shard = found >= 0 ? found : -found - 2;
    ImageRows rows = shards.get(shard);
    int index = position - starts[shard];
    int size = transform.shape().elements();
    transform.apply(
        rows.pixels(), index * size, pass.augmentation(rows.row(index)), into.inputs(), at * size);
    into.labels()[at] = rows.label(index);
  }

  private void requireShape(ImageRows shard) {
    long needed = (long) shard.count() * transform.shape().elements();
    if (shard.pixels().length != needed) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot read images: %d images have %d bytes, shape %s needs %d (prepare the data set"
                  + " again)",
              shard.count(), shard.pixels().length, transform.shape(), needed));
    }
  }

  private static int[] ascending(int rows) {
    int[] order = new int[rows];
    Arrays.setAll(order, i -> i);
    return order;
  }
}
