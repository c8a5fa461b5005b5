package io.blockwise.data.dataset;

import io.blockwise.base.UserException;
import java.io.IOException;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * Reads the rows of one shard out of a file in memory whose checksum is right. Immutable.
 *
 * @param classes of the data set; labels are below it
 */
record ShardReader(Shard shard, RowSchema schema, int classes) {
  /**
   * Reads all rows.
   *
   * @throws UserException if the file is no shard, or its rows are not as the manifest says;
   *     Parquet tells that in many ways
   */
  Rows read(InputFile file) {
    try (ParquetFileReader reader = ParquetFileReader.open(file)) {
      if (reader.getRecordCount() != shard.rows()) {
        throw new IllegalStateException(
            "it has " + reader.getRecordCount() + " rows instead of " + shard.rows());
      }
      return rows(reader);
    } catch (IOException | RuntimeException e) {
      throw new UserException(
          "Cannot read shard "
              + shard.file()
              + ": it is no sound shard of this data set, "
              + innermost(e)
              + " (delete the data set and prepare it again)",
          e);
    }
  }

  private Rows rows(ParquetFileReader file) throws IOException {
    MessageType message = schema.message();
    requireColumns(file.getFileMetaData().getSchema(), message);
    file.setRequestedSchema(message);
    MessageColumnIO columns = new ColumnIOFactory().getColumnIO(message);
    RowUnpacker unpacker = new RowUnpacker(schema, classes, shard.rows());
    for (int row = 0; row < shard.rows(); ) {
      PageReadStore group = file.readNextRowGroup();
      RecordReader<Integer> records = columns.getRecordReader(group, unpacker);
      for (long end = row + group.getRowCount(); row < end; row++) {
        records.read();
      }
    }
    return unpacker.rows(shard.firstRow());
  }

  private static void requireColumns(MessageType found, MessageType wanted) {
    for (Type column : wanted.getFields()) {
      String name = column.getName();
      if (!found.containsField(name)) {
        throw new IllegalStateException("it has no field " + name);
      }
      if (!found.getType(name).equals(column)) {
        throw new IllegalStateException(
            "its field is " + found.getType(name) + " instead of " + column);
      }
    }
  }

  private static String innermost(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return message.isEmpty() ? cause.getClass().getSimpleName() : message;
  }
}
