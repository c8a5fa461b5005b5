package io.blockwise.data.dataset;

import io.blockwise.data.check.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;

/**
 * The rows of one shard, some at a time and in order. Holds one compressed row group (32 MiB as
 * data-prep writes them) and none of the rows that it gave away. Used by one thread at a time.
 */
public final class ImageShardStream implements AutoCloseable {
  private final BrokenShard broken;
  private final Shard shard;
  private final ImageShape shape;
  private final ParquetFileReader reader;
  private final MessageColumnIO columns;
  private final ImageRowUnpacker unpacker;
  private RecordReader<Integer> group;
  private long leftInGroup;
  private int position;

  private ImageShardStream(
      BrokenShard broken, ImageShape shape, int classes, ParquetFileReader reader) {
    this.broken = broken;
    this.shard = broken.shard();
    this.shape = shape;
    this.reader = reader;
    this.columns = new ColumnIOFactory().getColumnIO(ImageSchema.MESSAGE);
    this.unpacker = new ImageRowUnpacker(shape.bytes(), classes);
  }

  /**
   * Opens a file whose content was checked against the manifest's checksum.
   *
   * @param classes of the data set; labels are below it
   * @throws DataException if it is no shard, or does not hold as many rows as the manifest says
   */
  static ImageShardStream open(InputFile file, Shard shard, ImageShape shape, int classes)
      throws IOException {
    BrokenShard broken = new BrokenShard(shard, file instanceof InMemoryFile);
    return broken.refused(
        () -> {
          ParquetFileReader reader = ParquetFileReader.open(file);
          if (reader.getRecordCount() != shard.rows()) {
            reader.close();
            throw new IllegalStateException(
                "it has " + reader.getRecordCount() + " rows instead of " + shard.rows());
          }
          return new ImageShardStream(broken, shape, classes, reader);
        });
  }

  /**
   * Reads on.
   *
   * @param rows at most those that are left of the shard, and less than 2 GiB of pixels
   * @throws DataException if the file was altered since it was opened, or its rows are not as the
   *     manifest says
   */
  public ImageShard next(int rows) {
    if (rows > shard.rows() - position) {
      throw new IllegalArgumentException(
          rows + " rows of " + shard.file() + ", which has " + (shard.rows() - position) + " left");
    }
    byte[] pixels = new byte[Math.multiplyExact(rows, shape.bytes())];
    int[] labels = new int[rows];
    unpacker.into(pixels, labels);
    try {
      broken.refused(() -> read(rows));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read shard " + shard.file(), e);
    }
    long first = shard.firstRow() + position;
    position += rows;
    return new ImageShard(shape, first, pixels, labels);
  }

  private int read(int rows) throws IOException {
    for (int i = 0; i < rows; i++) {
      while (leftInGroup == 0) {
        PageReadStore pages = reader.readNextRowGroup();
        group = columns.getRecordReader(pages, unpacker);
        leftInGroup = pages.getRowCount();
      }
      group.read();
      leftInGroup--;
    }
    return rows;
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close shard " + shard.file(), e);
    }
  }
}
