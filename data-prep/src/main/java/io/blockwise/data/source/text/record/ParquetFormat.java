package io.blockwise.data.source.text.record;

/**
 * A file of Parquet.
 *
 * @param label name of the column with the label: a text or a whole number
 * @param text name of the column with the text
 */
public record ParquetFormat(String label, String text) implements FileFormat {
  @Override
  public TextPiece piece(TextFile file, long start, long end) {
    return new ParquetPiece(file, this, start, end);
  }
}
