package io.blockwise.job.prediction;

import io.blockwise.model.engine.Batch;
import java.util.List;

/**
 * Makes batches of raw examples with what an artifact says of them, as data-prep and the feed did
 * of those that it was trained on. Used by one thread.
 *
 * @param <R> a raw example
 * @param <V> the value that its row would have in a data set
 */
interface RawReader<R, V> {
  /**
   * Prepares an example.
   *
   * @throws io.blockwise.base.UserException if it cannot be read
   */
  V read(R raw);

  /** How long it is, where those of about the same length are to be in one batch. */
  int length(V value);

  /** A batch of some values; its labels mean nothing. */
  Batch batch(List<V> values);
}
