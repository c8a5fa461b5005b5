package io.blockwise.job.input;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.text.EmbeddingMatrix;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.Pass;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.feed.WindowedBatches;
import io.blockwise.job.feed.Windows;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.NetworkSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The rows of a data set, shard by shard, for all workers of a process: what was read stays in
 * memory as long as there is room. Thread-safe.
 *
 * <p>Shards that fit into memory together are held: one window, read at once. Those that do not are
 * streamed, in windows of half a worker's share of the memory. Which of the two depends on sizes
 * only.
 */
public final class DatasetRows {
  private final RowMemory memory;
  private final ShardCache cache;
  private final Runnable progress;
  private final Function<Optional<String>, Optional<EmbeddingMatrix>> embeddings;

  /**
   * @param memory bytes that rows may take at any time
   * @param users leases and evaluations that run at the same time, at least 1; each has an equal
   *     share of the memory where not all of train and validation fits
   * @throws UserException if that share is less than two shards
   */
  public DatasetRows(Dataset dataset, long memory, int users) {
    this(new RowMemory(dataset, memory, users), dataset::read, field -> embeddings(dataset, field));
  }

  /**
   * Rows that are made up, shard by shard, and all stay in memory.
   *
   * @param rowBytes that a row takes in memory
   */
  public DatasetRows(long rowBytes, Function<Shard, Rows> maker) {
    this(new RowMemory(rowBytes), maker, field -> Optional.empty());
  }

  private DatasetRows(
      RowMemory memory,
      Function<Shard, Rows> reader,
      Function<Optional<String>, Optional<EmbeddingMatrix>> embeddings) {
    this(memory, new ShardCache(memory.bytes(), memory::bytes, reader), () -> {}, embeddings);
  }

  private DatasetRows(
      RowMemory memory,
      ShardCache cache,
      Runnable progress,
      Function<Optional<String>, Optional<EmbeddingMatrix>> embeddings) {
    this.embeddings = embeddings;
    this.memory = memory;
    this.cache = cache;
    this.progress = progress;
  }

  /**
   * The same rows in the same memory, for one of the workers.
   *
   * @param progress runs whenever that worker has read a shard, or is done with a batch; on any
   *     thread
   */
  public DatasetRows counting(Runnable progress) {
    return new DatasetRows(memory, cache, progress, embeddings);
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

  /**
   * Reads the vectors that the data set has for the tokens that blocks of a network embed.
   *
   * @return by the block's index; none of a field that was prepared without
   * @throws UserException if a file is missing or altered
   */
  public Map<Integer, EmbeddingMatrix> embeddings(NetworkSpec network) {
    Map<Integer, EmbeddingMatrix> found = new TreeMap<>();
    for (int k = 0; k < network.blocks().size(); k++) {
      BlockSpec block = network.blocks().get(k);
      if (block.embedding().isPresent()) {
        int index = k;
        embeddings.apply(block.embeddedField()).ifPresent(vectors -> found.put(index, vectors));
      }
    }
    return found;
  }

  /** Of the main field if none is named. */
  private static Optional<EmbeddingMatrix> embeddings(Dataset dataset, Optional<String> field) {
    return field.isPresent()
        ? EmbeddingMatrix.ofSide(dataset, field.get())
        : EmbeddingMatrix.of(dataset);
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
