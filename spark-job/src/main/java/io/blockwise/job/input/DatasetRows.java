package io.blockwise.job.input;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.Shard;
import io.blockwise.job.feed.Augmentation;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.ImageTransform;
import io.blockwise.job.feed.Pass;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.feed.WindowedBatches;
import io.blockwise.job.feed.Windows;
import io.blockwise.model.artifact.Normalisation;
import io.blockwise.model.spec.Shape;
import java.util.List;

/**
 * The rows of a data set, shard by shard, for all workers of a process: what was read stays in
 * memory as long as there is room. Thread-safe.
 *
 * <p>Shards that fit into memory together are held: one window, read at once. Those that do not are
 * streamed, in windows of half a worker's share of the memory. Which of the two depends on sizes
 * only.
 */
public final class DatasetRows {
  private final Dataset dataset;
  private final RowMemory memory;
  private final ShardCache cache;
  private final Runnable progress;

  /**
   * @param memory bytes that rows may take at any time
   * @param users leases and evaluations that run at the same time, at least 1; each has an equal
   *     share of the memory where not all of train and validation fits
   * @throws UserException if that share is less than two shards
   */
  public DatasetRows(Dataset dataset, long memory, int users) {
    this.dataset = dataset;
    this.memory = new RowMemory(dataset, memory, users);
    this.cache = new ShardCache(memory, this.memory::bytes, dataset::read);
    this.progress = () -> {};
  }

  private DatasetRows(DatasetRows shared, Runnable progress) {
    this.dataset = shared.dataset;
    this.memory = shared.memory;
    this.cache = shared.cache;
    this.progress = progress;
  }

  /**
   * The same rows in the same memory, for one of the workers.
   *
   * @param progress runs whenever that worker has read a shard, or is done with a batch; on any
   *     thread
   */
  public DatasetRows counting(Runnable progress) {
    return new DatasetRows(this, progress);
  }

  /** What the data set says of itself. */
  public Manifest manifest() {
    return dataset.manifest();
  }

  /**
   * Shape of the one field that networks read.
   *
   * @throws io.blockwise.base.UserException if the rows are not of one image each
   */
  public Shape.FeatureMap shape() {
    ImageShape shape = manifest().schema().only(ImageKind.class).kind().shape();
    return Shape.map(shape.channels(), shape.height(), shape.width());
  }

  /** How rows become batches: normalised by the statistics of the training split. */
  public RowTransform transform(Augmentation augmentation) {
    return RowTransform.of(manifest().schema(), augmentation);
  }

  /** The same, not augmented and with a normalisation that was made for other data. */
  public RowTransform transform(Normalisation normalisation) {
    String field = manifest().schema().only(ImageKind.class).name();
    return RowTransform.of(field, new ImageTransform(shape(), normalisation, Augmentation.NONE));
  }

  /**
   * For training: all rows once, shuffled and augmented; an incomplete last batch is left out.
   * Where the shards do not fit into memory, rows are shuffled within windows. Waits where others
   * that run at the same time leave no memory.
   *
   * @return to be closed, which lets the shards go
   * @throws io.blockwise.base.UserException if a shard is missing or altered; one that is streamed
   *     shows that when batches are filled
   * @throws IllegalArgumentException if there are fewer rows than {@code batchSize}
   */
  public BatchSource shuffled(List<Shard> shards, RowTransform transform, Pass pass, int batchSize)
      throws InterruptedException {
    return batches(
        shards, windows -> WindowedBatches.shuffled(windows, transform, pass, batchSize));
  }

  /**
   * For evaluation: all rows in order and not augmented; the last batch may be smaller than the
   * others. Waits and is closed as {@link #shuffled}.
   *
   * @throws io.blockwise.base.UserException as there
   */
  public BatchSource inOrder(List<Shard> shards, RowTransform transform, int batchSize)
      throws InterruptedException {
    return batches(shards, windows -> WindowedBatches.inOrder(windows, transform, batchSize));
  }

  private BatchSource batches(List<Shard> shards, Batches batches) throws InterruptedException {
    List<List<Shard>> windows = memory.windows(shards);
    ShardCache.Claim claim = cache.claim(memory.bytesOfTwo(windows), progress);
    BatchSource made = null;
    try {
      made = batches.of(new ShardWindows(claim, windows, progress));
      return made;
    } finally {
      if (made == null) {
        claim.close();
      }
    }
  }

  /** Bytes of the rows that are in memory or being read; never above what was allowed. */
  long cachedBytes() {
    return cache.cachedBytes();
  }

  /** Bytes that running leases and evaluations have set aside. */
  long claimedBytes() {
    return cache.claimedBytes();
  }

  /** Makes batches of rows that are read in windows. */
  private interface Batches {
    BatchSource of(Windows windows) throws InterruptedException;
  }
}
