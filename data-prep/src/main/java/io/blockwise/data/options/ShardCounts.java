package io.blockwise.data.options;

import static io.blockwise.base.Checks.requireAtLeast;

/**
 * Shards per split at least, {@code data.shards.*}, each 1 or more. There are more where one would
 * hold too many bytes of rows; never more or fewer for the number of cores, so that a data set does
 * not depend on where it was made. Immutable.
 */
public record ShardCounts(int train, int validation, int test) {
  public ShardCounts {
    requireAtLeast("data.shards.train", train, 1);
    requireAtLeast("data.shards.validation", validation, 1);
    requireAtLeast("data.shards.test", test, 1);
  }
}
