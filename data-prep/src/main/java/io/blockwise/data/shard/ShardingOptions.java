package io.blockwise.data.shard;

import io.blockwise.data.dataset.Split;
import java.io.Serializable;
import java.util.Map;

/**
 * How rows are dealt. Immutable.
 *
 * @param seed of the order
 * @param validationFraction share of each class of train that becomes validation where no official
 *     one exists
 * @param testFraction likewise for test, taken before
 * @param shards per split at least, 1 or more each; more where they would hold too much
 */
public record ShardingOptions(
    long seed, double validationFraction, double testFraction, Map<Split, Integer> shards)
    implements Serializable {
  public ShardingOptions {
    shards = Map.copyOf(shards);
  }
}
