package io.blockwise.data.dataset;

import io.blockwise.base.UserException;
import java.io.IOException;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;

/**
 * Reads the rows of one shard out of a file in memory whose checksum is right. Immutable.
 *
 * @param classes of the data set; labels are below it
 */
record ShardReader(Shard shard, ImageShape shape, int classes) {
  /**
   * Reads all rows.
   *
   * @throws UserException if the file is no shard, or its rows are not as the manifest says;
   *     Parquet tells that in many ways
   */
  ImageShard read(InputFile file) {
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

  private ImageShard rows(ParquetFileReader file) throws IOException {
    MessageColumnIO columns = new ColumnIOFactory().getColumnIO(ImageSchema.MESSAGE);
    byte[] pixels = new byte[Math.multiplyExact(shard.rows(), shape.bytes())];
    int[] labels = new int[shard.rows()];
    ImageRowUnpacker unpacker = new ImageRowUnpacker(shape.bytes(), classes, pixels, labels);
    for (int row = 0; row < shard.rows(); ) {
      PageReadStore group = file.readNextRowGroup();
      RecordReader<Integer> records = columns.getRecordReader(group, unpacker);
      for (long end = row + group.getRowCount(); row < end; row++) {
        records.read();
      }
    }
    return new ImageShard(shape, shard.firstRow(), pixels, labels);
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
