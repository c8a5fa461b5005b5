package io.blockwise.job.feed;

import static io.blockwise.model.Checks.requireAtLeast;

import io.blockwise.model.engine.Batch;
import java.util.Arrays;
import java.util.List;

/** Batches of the images of several shards, across their borders. Thread-safe. */
public final class ImageBatches implements BatchSource {
  private final List<ImageRows> shards;
  private final int[] starts;
  private final int[] order;
  private final ImageTransform transform;
  private final Pass pass;
  private final int batchSize;
  private final int batches;

  private ImageBatches(
      List<ImageRows> shards,
      ImageTransform transform,
      Pass pass,
      int[] order,
      int batchSize,
      int batches) {
    // An empty shard has no row of its own at which the search for a row's shard could end.
    this.shards = shards.stream().filter(shard -> shard.count() > 0).toList();
    this.starts = new int[this.shards.size()];
    for (int i = 1; i < starts.length; i++) {
      starts[i] = starts[i - 1] + this.shards.get(i - 1).count();
    }
    this.transform = transform;
    this.pass = pass;
    this.order = order;
    this.batchSize = batchSize;
    this.batches = batches;
    this.shards.forEach(this::requireShape);
  }

  /**
   * For training: all rows once, shuffled over all shards and augmented; an incomplete last batch
   * is left out.
   *
   * @throws IllegalArgumentException if there are fewer rows than {@code batchSize}
   */
  public static ImageBatches shuffled(
      List<ImageRows> shards, ImageTransform transform, Pass pass, int batchSize) {
    requireAtLeast("training.batch-size", batchSize, 1);
    int rows = rows(shards);
    if (rows < batchSize) {
      throw new IllegalArgumentException(
          "Cannot train: a batch of "
              + batchSize
              + " examples is more than the "
              + rows
              + " rows that a worker gets (lower training.batch-size, or use fewer workers)");
    }
    int full = rows / batchSize;
    return new ImageBatches(shards, transform, pass, shuffled(rows, pass), batchSize, full);
  }

  /**
   * For evaluation: all rows in order and not augmented; the last batch may be smaller than the
   * others.
   */
  public static ImageBatches inOrder(
      List<ImageRows> shards, ImageTransform transform, int batchSize) {
    requireAtLeast("batch size", batchSize, 1);
    int rows = rows(shards);
    int some = (int) (((long) rows + batchSize - 1) / batchSize);
    Pass unused = new Pass(0, 0, 0);
    return new ImageBatches(
        shards, transform.withoutAugmentation(), unused, ascending(rows), batchSize, some);
  }

  @Override
  public int batches() {
    return batches;
  }

  @Override
  public int dropped() {
    return (int) Math.max(0, order.length - (long) batches * batchSize);
  }

  @Override
  public Batch allocate() {
    return new Batch(transform.shape(), batchSize);
  }

  @Override
  public void fill(int number, Batch into) {
    int start = number * batchSize;
    int rows = Math.min(batchSize, order.length - start);
    for (int i = 0; i < rows; i++) {
      copy(order[start + i], into, i);
    }
    into.rows(rows);
  }

  private void copy(int position, Batch into, int at) {
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

  private static int rows(List<ImageRows> shards) {
    return Math.toIntExact(shards.stream().mapToLong(ImageRows::count).sum());
  }

  private static int[] ascending(int rows) {
    int[] order = new int[rows];
    Arrays.setAll(order, i -> i);
    return order;
  }

  private static int[] shuffled(int rows, Pass pass) {
    int[] order = ascending(rows);
    SplitMix random = pass.order();
    for (int i = rows - 1; i > 0; i--) {
      int j = random.below(i + 1);
      int moved = order[i];
      order[i] = order[j];
      order[j] = moved;
    }
    return order;
  }
}
