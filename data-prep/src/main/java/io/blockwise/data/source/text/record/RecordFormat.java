package io.blockwise.data.source.text.record;

/** How a line holds a row. Immutable. */
interface RecordFormat extends FileFormat {
  @Override
  default TextPiece piece(TextFile file, long start, long end) {
    return new LinesPiece(file, this, start, end);
  }

  /** Whether a file's first line names the columns and holds no row. */
  boolean isHeader(String line);

  /** What to do with a line that holds no row. */
  String remedy();

  /** Reads lines. */
  RecordParser parser();
}
