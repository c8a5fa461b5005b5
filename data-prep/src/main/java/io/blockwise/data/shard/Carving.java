package io.blockwise.data.shard;

import io.blockwise.data.dataset.Split;
import java.io.Serializable;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * How many rows of official train become test and validation where there are none: of each class
 * the first by hash. Immutable.
 */
final class Carving {
  private final long[][] official;
  private final long[] test;
  private final long[] validation;

  /**
   * Decides how many.
   *
   * @param official rows by split and class
   */
  Carving(long[][] official, ShardingOptions options) {
    this.official = official;
    long[] train = official[Split.TRAIN.ordinal()];
    test = shares(train, new long[train.length], options.testFraction(), Split.TEST);
    validation = shares(train, test, options.validationFraction(), Split.VALIDATION);
  }

  private long[] shares(long[] train, long[] taken, double fraction, Split split) {
    long[] shares = new long[train.length];
    if (LongStream.of(official[split.ordinal()]).sum() == 0) {
      for (int label = 0; label < train.length; label++) {
        shares[label] = Math.round((train[label] - taken[label]) * fraction);
      }
    }
    return shares;
  }

  /** Rows by split and class afterwards. */
  long[][] rowsPerClass() {
    long[][] rows = new long[official.length][];
    for (Split split : Split.values()) {
      rows[split.ordinal()] = official[split.ordinal()].clone();
    }
    for (int label = 0; label < test.length; label++) {
      rows[Split.TRAIN.ordinal()][label] -= test[label] + validation[label];
      rows[Split.VALIDATION.ordinal()][label] += validation[label];
      rows[Split.TEST.ordinal()][label] += test[label];
    }
    return rows;
  }

  /**
   * Ranks in official train, ordered by (class, hash): for each class, of its first row that is not
   * test, then of its first that stays in train. Behind the last row there is none.
   */
  long[] ranks() {
    long[] train = official[Split.TRAIN.ordinal()];
    long[] ranks = new long[2 * train.length];
    long start = 0;
    for (int label = 0; label < train.length; label++) {
      ranks[2 * label] = start + test[label];
      ranks[2 * label + 1] = start + test[label] + validation[label];
      start += train[label];
    }
    return ranks;
  }

  /** The rule for single rows, given the keys at {@link #ranks}. */
  Rule rule(Map<Long, RowKey> keys) {
    long[] ranks = ranks();
    RowKey[] testEnds = new RowKey[test.length];
    RowKey[] validationEnds = new RowKey[test.length];
    for (int label = 0; label < test.length; label++) {
      testEnds[label] = keys.get(ranks[2 * label]);
      validationEnds[label] = keys.get(ranks[2 * label + 1]);
    }
    return new Rule(testEnds, validationEnds);
  }

  /** Says which split a row ends up in. Immutable. */
  static final class Rule implements Serializable {
    private final RowKey[] testEnds;
    private final RowKey[] validationEnds;

    /** Both by class, grouped by class: rows of official train below are carved out. */
    private Rule(RowKey[] testEnds, RowKey[] validationEnds) {
      this.testEnds = testEnds;
      this.validationEnds = validationEnds;
    }

    /** The same key, grouped by final instead of official split. */
    RowKey apply(RowKey key) {
      if (key.group() != Split.TRAIN.ordinal()) {
        return key;
      }
      int label = key.label();
      RowKey inClass = key.in(label);
      if (isBefore(inClass, testEnds[label])) {
        return key.in(Split.TEST.ordinal());
      }
      boolean carved = isBefore(inClass, validationEnds[label]);
      return carved ? key.in(Split.VALIDATION.ordinal()) : key;
    }

    /** A class of which no row stays in train, and none follows it, has no end. */
    private static boolean isBefore(RowKey key, RowKey end) {
      return end == null || key.compareTo(end) < 0;
    }
  }
}
