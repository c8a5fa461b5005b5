package io.blockwise.data.source.text.record;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import java.io.IOException;

/** The rows of a piece, one after the other. Empty lines are none. Used by one thread. */
final class Records implements TextCursor {
  private final Storage storage;
  private final TextFile file;
  private final RecordFormat format;
  private final Lines lines;
  private final RecordParser parser;
  private Labelled current;

  Records(Storage storage, LinesPiece piece) throws IOException {
    this.storage = storage;
    this.file = piece.file();
    this.format = piece.format();
    this.lines = new Lines(storage, file.path(), piece.start(), piece.end());
    this.parser = format.parser();
  }

  @Override
  public boolean advance() throws IOException {
    try {
      while (lines.advance()) {
        String line = lines.text();
        if (!line.isEmpty() && !(lines.offset() == 0 && format.isHeader(line))) {
          current = parser.parse(line);
          return true;
        }
      }
      return false;
    } catch (BadRecordException e) {
      throw bad(e.getMessage(), e);
    }
  }

  @Override
  public Labelled current() {
    return current;
  }

  /** Where its line begins: that is known without reading what comes before. */
  @Override
  public long position() {
    return lines.offset();
  }

  @Override
  public UserException bad(String fact, String remedy, Exception cause) throws IOException {
    return UserException.cannot(
        "read " + file.path(),
        "line " + Lines.number(storage, file.path(), lines.offset()) + " " + fact,
        remedy,
        cause);
  }

  @Override
  public String remedy() {
    return format.remedy();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
