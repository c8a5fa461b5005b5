package io.blockwise.job.feed;

import io.blockwise.base.SplitMix;
import io.blockwise.data.dataset.Rows;
import io.blockwise.model.engine.Batch;
import java.util.Arrays;
import java.util.List;

/** Rows that are in memory together, in the order in which batches take them. Thread-safe. */
final class OrderedRows {
  private final List<Rows> shards;
  private final int[] starts;
  private final RowTransform transform;
  private final int[] order;

  private OrderedRows(List<Rows> shards, RowTransform transform, int[] order) {
    // An empty shard has no row of its own at which the search for a row's shard could end.
    this.shards = shards.stream().filter(shard -> shard.count() > 0).toList();
    this.starts = new int[this.shards.size()];
    for (int i = 1; i < starts.length; i++) {
      starts[i] = starts[i - 1] + this.shards.get(i - 1).count();
    }
    this.transform = transform;
    this.order = order;
    this.shards.forEach(transform::requireFit);
  }

  /** As they come. */
  static OrderedRows ascending(List<Rows> shards, RowTransform transform) {
    return new OrderedRows(shards, transform, ascending(rows(shards)));
  }

  /**
   * Mixed over all shards, and of texts those of about the same length beside each other.
   *
   * @param first rows that complete a batch which was begun with others
   */
  static OrderedRows shuffled(
      List<Rows> shards, RowTransform transform, SplitMix random, Buckets buckets, int first) {
    int[] order = ascending(rows(shards));
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.below(i + 1);
      int moved = order[i];
      order[i] = order[j];
      order[j] = moved;
    }
    OrderedRows shuffled = new OrderedRows(shards, transform, order);
    buckets.arrange(order, first, shuffled::length, random);
    return shuffled;
  }

  private int length(int position) {
    int shard = shard(position);
    return transform.length(shards.get(shard), position - starts[shard]);
  }

  private int shard(int position) {
    int found = Arrays.binarySearch(starts, position);
    return found >= 0 ? found : -found - 2;
  }

  private static int rows(List<Rows> shards) {
    return Math.toIntExact(shards.stream().mapToLong(Rows::count).sum());
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
    int shard = shard(position);
    Rows rows = shards.get(shard);
    int index = position - starts[shard];
    transform.apply(rows, index, pass.augmentation(rows.row(index)), into, at);
  }

  private static int[] ascending(int rows) {
    int[] order = new int[rows];
    Arrays.setAll(order, i -> i);
    return order;
  }
}
