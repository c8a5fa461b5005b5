package io.blockwise.job.input;

import io.blockwise.data.dataset.Shard;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of a shard that follow each other. Immutable.
 *
 * @param from index in the shard of the first
 * @param rows at least 1
 */
record ShardPiece(Shard shard, int from, int rows) {
  static ShardPiece whole(Shard shard) {
    return new ShardPiece(shard, 0, shard.rows());
  }

  boolean isWhole() {
    return rows == shard.rows();
  }

  boolean isLast() {
    return from + rows == shard.rows();
  }

  /**
   * Deals shards into windows of at most {@code most} rows: as many whole ones as fit, in their
   * order. A shard that is larger is cut into windows of its own, which differ by at most one row.
   */
  static List<List<ShardPiece>> windows(List<Shard> shards, int most) {
    List<List<ShardPiece>> windows = new ArrayList<>();
    int free = 0;
    for (Shard shard : shards) {
      if (shard.rows() > most) {
        cut(shard, most, windows);
        free = 0;
      } else {
        if (shard.rows() > free) {
          windows.add(new ArrayList<>());
          free = most;
        }
        windows.get(windows.size() - 1).add(whole(shard));
        free -= shard.rows();
      }
    }
    return windows;
  }

  private static void cut(Shard shard, int most, List<List<ShardPiece>> windows) {
    long pieces = (shard.rows() + (long) most - 1) / most;
    for (long i = 0; i < pieces; i++) {
      int from = (int) (shard.rows() * i / pieces);
      int end = (int) (shard.rows() * (i + 1) / pieces);
      windows.add(List.of(new ShardPiece(shard, from, end - from)));
    }
  }
}
