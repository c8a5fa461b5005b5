package io.blockwise.data.shard;

import io.blockwise.data.dataset.Split;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;

/**
 * Where every row goes. Shards are numbered through all splits in their order. Immutable.
 *
 * <p>What travels with tasks is small: one key per class and shard.
 */
public final class ShardPlan implements Serializable {
  private final SplitRule rule;
  private final RowKey[] firstKeys;
  private final long[] firstRanks;
  private final long[][] rowsPerClass;

  /**
   * Built by {@link ShardPlanner}.
   *
   * @param firstRanks of the first row of every shard, in all rows ordered by (split, hash)
   * @param keys at these ranks
   * @param rowsPerClass by split and class
   */
  ShardPlan(SplitRule rule, long[] firstRanks, Map<Long, RowKey> keys, long[][] rowsPerClass) {
    this.rule = rule;
    this.firstRanks = firstRanks;
    this.firstKeys = Arrays.stream(firstRanks).mapToObj(keys::get).toArray(RowKey[]::new);
    this.rowsPerClass = rowsPerClass;
  }

  /** Shards of all splits. */
  public int shards() {
    return firstKeys.length;
  }

  /** Rows by class in one split. */
  public long[] rowsPerClass(Split split) {
    return rowsPerClass[split.ordinal()].clone();
  }

  /** The split of a shard. */
  public Split split(int shard) {
    return Split.values()[firstKeys[shard].group()];
  }

  /** Position of a shard within its split. */
  public int numberInSplit(int shard) {
    int number = 0;
    while (number < shard && split(shard - number - 1) == split(shard)) {
      number++;
    }
    return number;
  }

  /** Index in its split of a shard's first row. */
  public long firstRow(int shard) {
    return firstRanks[shard] - firstRanks[shard - numberInSplit(shard)];
  }

  /** The key of a raw row, grouped by shard. */
  RowKey place(RowKey official) {
    RowKey key = rule.apply(official);
    int found = Arrays.binarySearch(firstKeys, key);
    return key.in(found >= 0 ? found : -found - 2);
  }
}
