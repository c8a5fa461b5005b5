package io.blockwise.data.shard;

import io.blockwise.data.dataset.Split;
import io.blockwise.data.options.LabelNoise;
import io.blockwise.data.options.ShardCounts;

/**
 * How rows are dealt. Immutable.
 *
 * @param seed of the order
 * @param validationFraction share of each class of train that becomes validation where no official
 *     one exists
 * @param testFraction likewise for test, taken before
 * @param shards per split at least; more where they would hold too much
 * @param noise in the labels of train
 * @param everyClass whether train must have rows of every class
 */
public record ShardingOptions(
    long seed,
    double validationFraction,
    double testFraction,
    ShardCounts shards,
    LabelNoise noise,
    boolean everyClass) {
  int leastShards(Split split) {
    return switch (split) {
      case TRAIN -> shards.train();
      case VALIDATION -> shards.validation();
      case TEST -> shards.test();
    };
  }
}
