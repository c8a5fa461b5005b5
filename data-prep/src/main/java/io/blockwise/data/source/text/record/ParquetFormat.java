package io.blockwise.data.source.text.record;

import io.blockwise.base.files.Storage;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;

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

  /**
   * Names of the columns of a file, in their order.
   *
   * @throws io.blockwise.base.UserException if it is no Parquet
   */
  public static List<String> names(Storage storage, Path file) throws IOException {
    return ParquetRecords.names(storage, file);
  }

  @Override
  public String labelKey() {
    return columns.labelKey();
  }
}
