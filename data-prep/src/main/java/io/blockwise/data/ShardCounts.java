package io.blockwise.data;

import static io.blockwise.data.check.Checks.requireAtLeast;

import io.blockwise.data.dataset.Split;
import java.util.Map;

/**
 * Shards per split, {@code data.shards.*}: at least one each, and never derived from cores, so that
 * a data set does not depend on where it was made. Immutable.
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
