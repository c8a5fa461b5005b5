package io.blockwise.data.shard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;

/**
 * Finds the keys at some places of their total order without sorting all: hashes are spread evenly,
 * so counting keys by group and the upper bits of their hash tells in which small cell each place
 * is, and only the keys of these cells come to the driver and are sorted. Immutable.
 */
final class RankedKeys {
  private static final int MOST_BITS = 16;
  private static final int DEPTH = 2;

  private final JavaRDD<RowKey> keys;
  private final int groups;
  private final int bits;

  /**
   * @param groups of the keys, from 0
   */
  RankedKeys(JavaRDD<RowKey> keys, int groups) {
    this.keys = keys;
    this.groups = groups;
    this.bits = Math.max(1, MOST_BITS - (Integer.SIZE - Integer.numberOfLeadingZeros(groups - 1)));
  }

  /**
   * The keys at some places, by place; the others stay where they are.
   *
   * @param ranks ascending, from 0, of which those from the number of keys on have no key;
   *     repetitions count once
   */
  Map<Long, RowKey> at(long[] ranks) {
    int shift = bits;
    long[] counts =
        keys.treeAggregate(
            new long[groups << shift],
            (sums, key) -> {
              sums[cell(key, shift)]++;
              return sums;
            },
            RankedKeys::add,
            DEPTH);
    long[] firsts = firsts(counts);
    int[] wanted = wanted(counts, firsts, ranks);
    List<RowKey> found =
        new ArrayList<>(
            keys.filter(key -> Arrays.binarySearch(wanted, cell(key, shift)) >= 0).collect());
    found.sort(null);
    return at(ranks, found, firsts);
  }

  private static int cell(RowKey key, int bits) {
    return (key.group() << bits) + key.part(bits);
  }

  private static long[] add(long[] sums, long[] others) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += others[i];
    }
    return sums;
  }

  /** Of each cell the rank of its first key. */
  private static long[] firsts(long[] counts) {
    long[] firsts = new long[counts.length];
    for (int cell = 1; cell < counts.length; cell++) {
      firsts[cell] = firsts[cell - 1] + counts[cell - 1];
    }
    return firsts;
  }

  /** The cells in which the ranks are, ascending. */
  private static int[] wanted(long[] counts, long[] firsts, long[] ranks) {
    List<Integer> wanted = new ArrayList<>();
    int rank = 0;
    for (int cell = 0; cell < counts.length; cell++) {
      boolean holds = false;
      for (; rank < ranks.length && ranks[rank] < firsts[cell] + counts[cell]; rank++) {
        holds = true;
      }
      if (holds) {
        wanted.add(cell);
      }
    }
    return wanted.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Within a cell, keys have the ranks behind its first one's. */
  private Map<Long, RowKey> at(long[] ranks, List<RowKey> found, long[] firsts) {
    Map<Long, RowKey> at = new HashMap<>();
    int cell = -1;
    long rank = 0;
    for (RowKey key : found) {
      rank = cell(key, bits) == cell ? rank + 1 : firsts[cell(key, bits)];
      cell = cell(key, bits);
      if (Arrays.binarySearch(ranks, rank) >= 0) {
        at.put(rank, key);
      }
    }
    return at;
  }
}
