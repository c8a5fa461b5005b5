package io.blockwise.job.worker;

import io.blockwise.data.dataset.Shard;
import java.io.Serializable;
import java.util.List;

/**
 * Rows of a split by their indices in it, which are the order of their hashes. Immutable.
 *
 * @param from the first
 * @param to the one behind the last
 */
public record RowRange(long from, long to) implements Serializable {
  /** All rows of any split. */
  public static final RowRange ALL = new RowRange(0, Long.MAX_VALUE);

  public RowRange {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("rows " + from + " to " + to);
    }
  }

  /** Whether a row is one of them. */
  boolean contains(long row) {
    return row >= from && row < to;
  }

  /** Shards that have any of them. */
  public List<Shard> of(List<Shard> shards) {
    return shards.stream()
        .filter(shard -> shard.firstRow() < to && shard.firstRow() + shard.rows() > from)
        .toList();
  }
}
