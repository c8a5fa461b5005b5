package io.blockwise.data.source;

import io.blockwise.base.files.Storage;
import java.io.IOException;
import java.io.Serializable;
import java.util.Set;

/** A piece of raw data of which only reading tells how many rows it has. Immutable. */
public interface Piece extends Serializable {
  /**
   * Reads it all.
   *
   * @throws io.blockwise.base.UserException if the raw file is not what it should be
   */
  Census census(Storage storage) throws IOException;

  /** What was found in a piece. No record, because it may pass through Kryo. Immutable. */
  final class Census implements Serializable {
    private static final long serialVersionUID = 1;

    private final int rows;
    private final Set<String> labels;

    /**
     * @param labels as they stand in the file; not to be changed
     */
    public Census(int rows, Set<String> labels) {
      this.rows = rows;
      this.labels = labels;
    }

    /** How many rows. */
    public int rows() {
      return rows;
    }

    /** Every label that some row has, as it stands in the file. */
    public Set<String> labels() {
      return labels;
    }
  }
}
