package io.blockwise.job.feed;

import io.blockwise.base.SplitMix;
import io.blockwise.data.dataset.FieldValues;
import io.blockwise.model.engine.BatchField;
import java.io.Serializable;

/** How the values of one field of a data set become a field of batches. Immutable. */
sealed interface FieldTransform extends Serializable
    permits ImageTransform, TokenTransform, NumberTransform {
  /** Space for the field in a batch. */
  BatchField allocate(int capacity);

  /** Whether the same value may come out differently. */
  default boolean leavesToChance() {
    return false;
  }

  /** The same without chance. */
  FieldTransform withoutAugmentation();

  /** The type that the values have to be of. */
  Class<? extends FieldValues> values();

  /**
   * Refuses values that are of another size.
   *
   * @throws IllegalArgumentException that says so
   */
  void requireFit(FieldValues values, int rows);

  /** How long a row is, where rows of about the same length are to be in one batch. */
  default int length(FieldValues values, int row) {
    return 1;
  }

  /**
   * Transforms the value of one row.
   *
   * @param values that fit
   * @param random decides on the augmentation
   * @param into as allocated here
   * @param at row of the batch
   */
  void apply(FieldValues values, int row, SplitMix random, BatchField into, int at);
}
