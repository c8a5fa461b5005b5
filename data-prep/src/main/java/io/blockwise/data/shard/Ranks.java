package io.blockwise.data.shard;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/** Finds keys by their place in the total order, without bringing the others to the driver. */
final class Ranks {
  private Ranks() {}

  /**
   * The keys at the given ranks, by rank.
   *
   * @param ranks ascending, from 0, each below the number of keys; repetitions count once
   */
  static Map<Long, RowKey> at(JavaRDD<RowKey> keys, long[] ranks) {
    return keys
        .sortBy(key -> key, true, keys.getNumPartitions())
        .zipWithIndex()
        .filter(ranked -> Arrays.binarySearch(ranks, ranked._2()) >= 0)
        .collect()
        .stream()
        .collect(Collectors.toMap(Tuple2::_2, Tuple2::_1));
  }
}
