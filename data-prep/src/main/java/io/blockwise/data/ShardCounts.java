package io.blockwise.data;

import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.data.dataset.Split;
import java.util.Map;

/**
 * Shards per split at least, {@code data.shards.*}, each 1 or more. There are more where a shard
 * would hold more than {@link io.blockwise.data.dataset.Shard#MOST_BYTES}; never more or fewer for
 * the number of cores, so that a data set does not depend on where it was made. Immutable.
 */
public record ShardCounts(int train, int validation, int test) {
  public ShardCounts {
    requireAtLeast("data.shards.train", train, 1);
    requireAtLeast("data.shards.validation", validation, 1);
    requireAtLeast("data.shards.test", test, 1);
  }

  Map<Split, Integer> bySplit() {
    return Map.of(Split.TRAIN, train, Split.VALIDATION, validation, Split.TEST, test);
  }
}
