package io.blockwise.data.source;

import io.blockwise.base.files.Storage;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.util.Set;

/** Some rows of a source that one task reads. Immutable. */
public interface Slice extends Serializable {
  /** How many. */
  int rows();

  /** The same without the rows of some files. */
  default Slice without(Set<String> files) {
    return this;
  }

  /** Starts reading at the first of them. */
  Reader open(Storage storage) throws IOException;

  /** Reads the rows of one slice in order. Used by one thread. */
  interface Reader extends Closeable {
    /**
     * The next row; called {@link Slice#rows} times at most. Ends the life of the row before.
     *
     * @throws io.blockwise.base.UserException if the raw file is not what it should be
     */
    RawRow next() throws IOException;
  }
}
