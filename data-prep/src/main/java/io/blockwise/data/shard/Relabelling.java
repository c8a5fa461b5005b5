package io.blockwise.data.shard;

import io.blockwise.base.SplitMix;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.options.LabelNoise;
import java.io.Serializable;
import java.util.Optional;

/**
 * Which rows of train get a label that is drawn anew, and which one (methods 2i): the first by a
 * hash of their own, so that it is as many as was asked for, and the same wherever they are read.
 * Immutable.
 */
final class Relabelling implements Serializable {
  /** Sets the order of the chosen, and the draws, apart from the order in shards. */
  private static final long CHOICE = 0x6368_6F69_6365L;

  private static final long DRAW = 0x6472_6177L;

  private final LabelNoise.Kind kind;
  private final int classes;
  private final long rows;

  /** The first row that is not chosen, in the order of the choice; null if all are. */
  private final RowKey end;

  /**
   * @param rows that are chosen
   * @param end first row of train that keeps its label, as {@link #choice} orders them; empty if
   *     none does
   */
  Relabelling(LabelNoise.Kind kind, int classes, long rows, Optional<RowKey> end) {
    this.kind = kind;
    this.classes = classes;
    this.rows = rows;
    this.end = end.orElse(null);
  }

  /** How many rows are chosen. */
  long rows() {
    return rows;
  }

  /** The key of a row in the order in which rows are chosen. */
  static RowKey choice(RowKey key) {
    return key.reordered(CHOICE);
  }

  /**
   * The same key with the label that the row gets.
   *
   * @param key grouped by final split
   */
  RowKey apply(RowKey key) {
    boolean chosen =
        key.group() == Split.TRAIN.ordinal() && (end == null || choice(key).compareTo(end) < 0);
    return chosen ? key.drawn(draw(key)) : key;
  }

  /** Whether the row gets another label than its own. */
  boolean changes(RowKey key) {
    return apply(key).label() != key.label();
  }

  private int draw(RowKey key) {
    SplitMix random = key.random(DRAW);
    if (kind == LabelNoise.Kind.SYMMETRIC_INCL) {
      return random.below(classes);
    }
    int other = random.below(classes - 1);
    return other < key.label() ? other : other + 1;
  }
}
