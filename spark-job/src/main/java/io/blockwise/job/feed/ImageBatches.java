package io.blockwise.job.feed;

import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.model.engine.Batch;
import java.util.List;

/**
 * Batches of the images of several shards that are in memory, across their borders; may be filled
 * in any order and again. Thread-safe.
 */
public final class ImageBatches implements BatchSource {
  private final OrderedRows rows;
  private final ImageTransform transform;
  private final Pass pass;
  private final int batchSize;
  private final int batches;
  private final Runnable release;

  private ImageBatches(
      OrderedRows rows,
      ImageTransform transform,
      Pass pass,
      int batchSize,
      int batches,
      Runnable release) {
    this.rows = rows;
    this.transform = transform;
    this.pass = pass;
    this.batchSize = batchSize;
    this.batches = batches;
    this.release = release;
  }

  /**
   * For training: all rows once, shuffled over all shards and augmented; an incomplete last batch
   * is left out.
   *
   * @param release what closing does
   * @throws IllegalArgumentException if there are fewer rows than {@code batchSize}
   */
  public static ImageBatches shuffled(
      List<ImageRows> shards,
      ImageTransform transform,
      Pass pass,
      int batchSize,
      Runnable release) {
    int full = fullBatches(OrderedRows.rows(shards), batchSize);
    OrderedRows rows = OrderedRows.shuffled(shards, transform, pass.order());
    return new ImageBatches(rows, transform, pass, batchSize, full, release);
  }

  /**
   * For evaluation: all rows in order and not augmented; the last batch may be smaller than the
   * others.
   *
   * @param release what closing does
   */
  public static ImageBatches inOrder(
      List<ImageRows> shards, ImageTransform transform, int batchSize, Runnable release) {
    int some = someBatches(OrderedRows.rows(shards), batchSize);
    ImageTransform plain = transform.withoutAugmentation();
    OrderedRows rows = OrderedRows.ascending(shards, plain);
    return new ImageBatches(rows, plain, Pass.UNUSED, batchSize, some, release);
  }

  /** Batches of training. */
  static int fullBatches(long rows, int batchSize) {
    requireAtLeast("training.batch-size", batchSize, 1);
    if (rows < batchSize) {
      throw new IllegalArgumentException(
          "Cannot train: a batch of "
              + batchSize
              + " examples is more than the "
              + rows
              + " rows that a worker gets (lower training.batch-size, or use fewer workers)");
    }
    return Math.toIntExact(rows / batchSize);
  }

  /** Batches of evaluation. */
  static int someBatches(long rows, int batchSize) {
    requireAtLeast("batch size", batchSize, 1);
    return Math.toIntExact((rows + batchSize - 1) / batchSize);
  }

  @Override
  public int batches() {
    return batches;
  }

  @Override
  public int dropped() {
    return (int) Math.max(0, rows.count() - (long) batches * batchSize);
  }

  @Override
  public Batch allocate() {
    return new Batch(transform.shape(), batchSize);
  }

  @Override
  public void fill(int number, Batch into) {
    int start = number * batchSize;
    int count = Math.min(batchSize, rows.count() - start);
    rows.copy(start, count, pass, into, 0);
    into.rows(count);
  }

  @Override
  public void close() {
    release.run();
  }
}
