package io.blockwise.data.source.text.record;

import io.blockwise.base.UserException;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Goes through the rows of a piece. Used by one thread. */
public interface TextCursor extends Closeable {
  /**
   * A row with its label as it stands in the file. Immutable.
   *
   * @param texts what stands in the columns of texts that were asked for; may be empty
   * @param numbers likewise of numbers; empty if it is missing
   */
  record Labelled(String label, List<String> texts, List<String> numbers) {}

  /**
   * Goes to the next row; whether there is one.
   *
   * @throws UserException if what should be one is none
   */
  boolean advance() throws IOException;

  /** The row. */
  Labelled current();

  /** What no other row of the file has, however the file is cut. */
  long position();

  /** What to throw if the row cannot be used. */
  default UserException bad(String fact, Exception cause) throws IOException {
    return bad(fact, remedy(), cause);
  }

  /** The same with a remedy of its own. */
  UserException bad(String fact, String remedy, Exception cause) throws IOException;

  /** What to do with what is no row. */
  String remedy();
}
