package io.blockwise.data.dataset;

import java.util.List;

/**
 * Rows and shards of one split.
 *
 * <p>Always true: {@code rows} is the sum over the classes and over the shards, and the shards
 * follow each other without a gap. Immutable.
 *
 * @param rows at least 1
 * @param rowsPerClass in the order of the class names
 * @param shards in the order of their rows
 */
public record SplitContent(long rows, List<Long> rowsPerClass, List<Shard> shards) {
  public SplitContent {
    rowsPerClass = List.copyOf(rowsPerClass);
    shards = List.copyOf(shards);
    long next = 0;
    for (Shard shard : shards) {
      if (shard.firstRow() != next) {
        throw new IllegalArgumentException(
            shard.file() + " starts at row " + shard.firstRow() + " instead of " + next);
      }
      next += shard.rows();
    }
    long labelled = rowsPerClass.stream().mapToLong(Long::longValue).sum();
    if (next != rows || labelled != rows || rows < 1) {
      throw new IllegalArgumentException(
          rows + " rows, but " + next + " in shards and " + labelled + " in classes");
    }
  }
}
