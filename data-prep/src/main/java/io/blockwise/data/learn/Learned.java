package io.blockwise.data.learn;

import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.ListedFile;
import io.blockwise.data.dataset.RowSchema;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * What was learned from the training split: it turns raw rows into those of the data set.
 * Immutable.
 */
public interface Learned extends Serializable {
  /** What a row of the data set is. */
  RowSchema schema();

  /** The values of a row, from those that its source has read; the same if that is all. */
  default byte[][] values(byte[][] raw) {
    return raw;
  }

  /** Writes the files that lie beside the shards, if there are any, for the manifest to list. */
  default List<ListedFile> writeBeside(Storage storage, Path directory) throws IOException {
    return List.of();
  }
}
