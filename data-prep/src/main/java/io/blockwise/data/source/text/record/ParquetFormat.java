package io.blockwise.data.source.text.record;

/**
 * A file of Parquet.
 *
 * @param columns their names: the label is a text or a whole number
 */
public record ParquetFormat(Columns columns) implements FileFormat {
  @Override
  public TextPiece piece(TextFile file, long start, long end) {
    return new ParquetPiece(file, this, start, end);
  }
}
