package io.blockwise.job.input;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.UserException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides what is held in memory and what is streamed, by sizes alone, so that a run does not
 * depend on what happens to be in memory. Immutable.
 */
final class ImageMemory {
  /** As many bytes as an array may have everywhere. */
  private static final int MOST_PIXELS = Integer.MAX_VALUE - 8;

  private static final int WINDOWS = 2;

  private final Dataset dataset;
  private final long share;

  /** All shards of train and validation if they fit together, else none. */
  private final Set<Shard> resident;

  /**
   * @param memory bytes for all users together
   * @param users leases and evaluations that run at the same time, at least 1
   * @throws UserException if a user would not have room for two rows
   */
  ImageMemory(Dataset dataset, long memory, int users) {
    this.dataset = dataset;
    this.share = memory / users;
    Set<Shard> shards = new HashSet<>(shards(dataset, Split.TRAIN));
    shards.addAll(shards(dataset, Split.VALIDATION));
    this.resident = bytes(shards) <= memory ? Set.copyOf(shards) : Set.of();
    if (mostRows() < 1) {
      throw new UserException(
          "Cannot read data set "
              + dataset.directory()
              + ": data.memory allows "
              + memory
              + " bytes, two images for each of "
              + users
              + " workers take "
              + users * WINDOWS * bytes(dataset, 1)
              + " (raise data.memory)");
    }
  }

  /** Bytes that rows take: pixels and label. */
  static long bytes(Dataset dataset, long rows) {
    return rows * (dataset.manifest().shape().bytes() + Integer.BYTES);
  }

  long bytes(Shard shard) {
    return bytes(dataset, shard.rows());
  }

  long bytes(Iterable<Shard> shards) {
    long bytes = 0;
    for (Shard shard : shards) {
      bytes += bytes(shard);
    }
    return bytes;
  }

  /** Whether some shards are held all at once. */
  boolean fits(List<Shard> shards) {
    return (resident.containsAll(shards) || bytes(shards) <= share)
        && shards.stream().allMatch(shard -> shard.rows() <= mostRowsOfAnArray());
  }

  /** The windows of some shards, so large that two of them are a user's share. */
  List<List<ShardPiece>> windows(List<Shard> shards) {
    return ShardPiece.windows(shards, mostRows());
  }

  /** What the largest two of some windows may take. */
  long bytesOfTwo(List<List<ShardPiece>> windows) {
    long most =
        windows.stream()
            .mapToLong(window -> window.stream().mapToLong(ShardPiece::rows).sum())
            .max()
            .orElse(0);
    return WINDOWS * bytes(dataset, most);
  }

  private int mostRows() {
    return (int) Math.min(mostRowsOfAnArray(), share / WINDOWS / bytes(dataset, 1));
  }

  private int mostRowsOfAnArray() {
    return MOST_PIXELS / dataset.manifest().shape().bytes();
  }

  private static List<Shard> shards(Dataset dataset, Split split) {
    return dataset.manifest().split(split).shards();
  }
}
