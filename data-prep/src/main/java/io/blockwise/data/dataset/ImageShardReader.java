package io.blockwise.data.dataset;

import java.io.IOException;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;

/** Unpacks Parquet rows straight into the two arrays of an {@link ImageShard}; used once. */
final class ImageShardReader extends RecordMaterializer<Integer> {
  private final int rowBytes;
  private final byte[] pixels;
  private final int[] labels;
  private int row;

  private ImageShardReader(int rows, int rowBytes) {
    this.rowBytes = rowBytes;
    this.pixels = new byte[Math.multiplyExact(rows, rowBytes)];
    this.labels = new int[rows];
  }

  /**
   * Reads a whole shard.
   *
   * @throws IOException if the file does not hold what the manifest says
   */
  static ImageShard read(InputFile file, Shard shard, ImageShape shape) throws IOException {
    try (ParquetFileReader reader = ParquetFileReader.open(file)) {
      if (reader.getRecordCount() != shard.rows()) {
        throw new IOException(reader.getRecordCount() + " rows instead of " + shard.rows());
      }
      ImageShardReader target = new ImageShardReader(shard.rows(), shape.bytes());
      MessageColumnIO columns = new ColumnIOFactory().getColumnIO(ImageSchema.MESSAGE);
      for (PageReadStore group = reader.readNextRowGroup();
          group != null;
          group = reader.readNextRowGroup()) {
        target.readGroup(columns.getRecordReader(group, target), group.getRowCount());
      }
      return new ImageShard(shape, shard.firstRow(), target.pixels, target.labels);
    }
  }

  private void readGroup(RecordReader<Integer> rows, long count) throws IOException {
    for (long i = 0; i < count; i++) {
      row = rows.read() + 1;
    }
  }

  @Override
  public Integer getCurrentRecord() {
    return row;
  }

  @Override
  public GroupConverter getRootConverter() {
    return new GroupConverter() {
      @Override
      public Converter getConverter(int column) {
        return column == 0 ? new Label() : new Pixels();
      }

      @Override
      public void start() {}

      @Override
      public void end() {}
    };
  }

  private final class Label extends PrimitiveConverter {
    @Override
    public void addInt(int value) {
      labels[row] = value;
    }
  }

  private final class Pixels extends PrimitiveConverter {
    @Override
    public void addBinary(Binary value) {
      if (value.length() != rowBytes) {
        throw new IllegalStateException(value.length() + " pixels instead of " + rowBytes);
      }
      value.toByteBuffer().get(pixels, row * rowBytes, rowBytes);
    }
  }
}
