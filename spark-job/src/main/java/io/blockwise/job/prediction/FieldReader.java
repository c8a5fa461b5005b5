package io.blockwise.job.prediction;

import io.blockwise.data.dataset.FieldValues;
import java.util.List;

/**
 * Reads one field of raw examples with what an artifact says of it, as data-prep did of those that
 * the model was trained on. Used by one thread.
 *
 * @param <R> a raw value
 * @param <V> the value that a row would have in a data set
 */
interface FieldReader<R, V> {
  /**
   * Prepares a value.
   *
   * @throws io.blockwise.base.UserException if it cannot be read
   */
  V read(R raw);

  /** The value that a prepared row has. */
  V of(FieldValues values, int row);

  /** How long it is, where those of about the same length are to be in one batch. */
  default int length(V value) {
    return 1;
  }

  /** Some values, one after the other. */
  FieldValues values(List<V> values);
}
