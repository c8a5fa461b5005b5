package io.blockwise.data.source;

import java.io.IOException;

/** Raw data in one layout in one place. Used by one thread. */
public interface Source {
  /** Whether there is anything to look at. */
  boolean isPresent() throws IOException;

  /**
   * Describes what is there.
   *
   * @throws io.blockwise.base.UserException if files are missing, damaged, or do not fit each other
   */
  RawRows open() throws IOException;
}
