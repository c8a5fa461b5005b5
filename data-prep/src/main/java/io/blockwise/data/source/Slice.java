package io.blockwise.data.source;

import io.blockwise.data.storage.Storage;
import java.io.IOException;
import java.io.Serializable;

/** Some rows of a source that one task reads. Immutable. */
public interface Slice extends Serializable {
  /** How many. */
  int rows();

  /** Starts reading at the first of them. */
  RowReader open(Storage storage) throws IOException;
}
