package io.blockwise.data.shard;

import io.blockwise.data.dataset.Split;
import java.io.Serializable;

/** Says which split a row ends up in. Immutable. */
final class SplitRule implements Serializable {
  private final RowKey[] testEnds;
  private final RowKey[] validationEnds;

  /** Both by class, grouped by class: rows of official train below are carved out. */
  SplitRule(RowKey[] testEnds, RowKey[] validationEnds) {
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
    if (inClass.compareTo(testEnds[label]) < 0) {
      return key.in(Split.TEST.ordinal());
    }
    boolean carved = inClass.compareTo(validationEnds[label]) < 0;
    return carved ? key.in(Split.VALIDATION.ordinal()) : key;
  }
}
