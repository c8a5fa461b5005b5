package io.blockwise.data.source;

import java.io.Closeable;
import java.io.IOException;

/** Reads the rows of one slice in order. Used by one thread. */
public interface RowReader extends Closeable {
  /**
   * The next row; called {@link Slice#rows} times at most. Ends the life of the row before.
   *
   * @throws io.blockwise.base.UserException if the raw file is not what it should be
   */
  RawRow next() throws IOException;
}
