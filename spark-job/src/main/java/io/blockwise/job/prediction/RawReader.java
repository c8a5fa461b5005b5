package io.blockwise.job.prediction;

import io.blockwise.data.dataset.Rows;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.model.artifact.InputField;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.engine.Batch;
import java.util.List;

/**
 * Makes batches of raw examples with what an artifact says of them, as data-prep and the feed did
 * of those that it was trained on. Used by one thread.
 *
 * @param <R> a raw example
 * @param <V> the value that its row would have in a data set
 */
public interface RawReader<R, V> {
  /**
   * Of whatever a model reads: {@code String} for texts, {@code byte[]} for images.
   *
   * @throws io.blockwise.base.UserException if that is neither
   */
  @SuppressWarnings("unchecked") // whoever asks has examples of the kind that the model reads
  static RawReader<Object, Object> of(ModelVersion version) {
    boolean texts = RowTransform.main(version.description()) instanceof InputField.Tokens;
    RawReader<?, ?> reader = texts ? new RawTexts(version) : new RawImages(version);
    return (RawReader<Object, Object>) reader;
  }

  /**
   * Prepares an example.
   *
   * @throws io.blockwise.base.UserException if it cannot be read
   */
  V read(R raw);

  /** The same of a row that is prepared by now. */
  V of(Rows rows, int row);

  /** How long it is, where those of about the same length are to be in one batch. */
  int length(V value);

  /** A batch of some values; its labels mean nothing. */
  Batch batch(List<V> values);
}
