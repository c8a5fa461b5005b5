package io.blockwise.data.frame;

import io.blockwise.base.files.Storage;
import java.io.IOException;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Rows of a DataFrame in files. Which are in which, and where, follows from the rows alone, so that
 * equal rows become equal data sets however Spark had partitioned them.
 */
public final class FrameRows {
  private static final int ROWS_OF_FILE = 50_000;
  private static final int MOST_FILES = 64;

  private FrameRows() {}

  /**
   * The rows, a partition for each file.
   *
   * @param count how many there are
   * @param hash deals them
   * @param ties order rows of equal hashes
   */
  public static Dataset<Row> ordered(Dataset<Row> rows, long count, Column hash, Column... ties) {
    int files = (int) Math.min(MOST_FILES, 1 + count / ROWS_OF_FILE);
    Column[] order = Stream.concat(Stream.of(hash), Stream.of(ties)).toArray(Column[]::new);
    return rows.repartition(files, hash).sortWithinPartitions(order);
  }

  /**
   * Writes them as tables of Parquet.
   *
   * @param rows as {@link #ordered} gives them
   * @param folder which is not there yet
   */
  public static void write(Dataset<Row> rows, Storage storage, Path folder) throws IOException {
    rows.write().parquet(folder.toString());
    FileSystem files = storage.fileSystem(folder);
    for (FileStatus file : files.listStatus(folder)) {
      String name = file.getPath().getName();
      // Spark's names have a number drawn for them
      Path target = new Path(folder, name.replaceFirst("^(part-\\d+)-.*", "$1.parquet"));
      if (!target.equals(file.getPath()) && !files.rename(file.getPath(), target)) {
        throw new IOException("could not rename " + file.getPath());
      }
    }
  }
}
