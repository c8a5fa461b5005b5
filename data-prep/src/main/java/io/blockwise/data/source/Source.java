package io.blockwise.data.source;

import java.io.IOException;
import java.util.concurrent.ExecutionException;

/** Raw data in one layout in one place. Used by one thread. */
public interface Source {
  /** Whether there is anything to look at. */
  boolean isPresent() throws IOException;

  /**
   * Describes what is there, without slices and classes if only reading all of it tells them.
   *
   * @throws io.blockwise.base.UserException if files are missing, damaged, or do not fit each other
   */
  RawRows open() throws IOException;

  /**
   * The same in any case with slices and classes.
   *
   * @param survey reads what has to be read for that
   * @throws io.blockwise.base.UserException likewise; possibly as a cause, if a survey found it
   */
  default RawRows open(Survey survey) throws IOException, ExecutionException, InterruptedException {
    return open();
  }
}
