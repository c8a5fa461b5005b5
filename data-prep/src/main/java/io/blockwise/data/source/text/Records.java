package io.blockwise.data.source.text;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import java.io.Closeable;
import java.io.IOException;

/** The rows of a piece, one after the other. Empty lines are none. Used by one thread. */
final class Records implements Closeable {
  private final Storage storage;
  private final TextFile file;
  private final Lines lines;
  private final RecordParser parser;
  private RecordParser.Labelled current;

  Records(Storage storage, LinesPiece piece) throws IOException {
    this.storage = storage;
    this.file = piece.file();
    this.lines = new Lines(storage, file.path(), piece.start(), piece.end());
    this.parser = file.format().parser();
  }

  /**
   * Goes to the next row; whether there is one.
   *
   * @throws UserException if a line holds none
   */
  boolean advance() throws IOException {
    try {
      while (lines.advance()) {
        String line = lines.text();
        if (!line.isEmpty() && !(lines.offset() == 0 && file.format().isHeader(line))) {
          current = parser.parse(line);
          return true;
        }
      }
      return false;
    } catch (BadRecordException e) {
      throw bad(e.getMessage(), e);
    }
  }

  /** The row. */
  RecordParser.Labelled current() {
    return current;
  }

  /** Where its line begins in the file. */
  long offset() {
    return lines.offset();
  }

  /** What to throw for the line at which this is. */
  UserException bad(String fact, Exception cause) throws IOException {
    return UserException.cannot(
        "read " + file.path(),
        "line " + Lines.number(storage, file.path(), lines.offset()) + " " + fact,
        file.format().remedy(),
        cause);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
