package io.blockwise.data.dataset;

import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;

/** Unpacks Parquet rows straight into the two arrays of an {@link ImageShard}. */
final class ImageRowUnpacker extends RecordMaterializer<Integer> {
  private final int rowBytes;
  private final int classes;
  private final byte[] pixels;
  private final int[] labels;
  private int row;

  /** Refuses rows of other lengths, and labels from {@code classes} on. */
  ImageRowUnpacker(int rowBytes, int classes, byte[] pixels, int[] labels) {
    this.rowBytes = rowBytes;
    this.classes = classes;
    this.pixels = pixels;
    this.labels = labels;
  }

  /** Rows unpacked. */
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
      public void end() {
        row++;
      }
    };
  }

  private final class Label extends PrimitiveConverter {
    @Override
    public void addInt(int value) {
      if (value < 0 || value >= classes) {
        throw new IllegalStateException(
            "label " + value + " of row " + row + " is none of " + classes + " classes");
      }
      labels[row] = value;
    }
  }

  private final class Pixels extends PrimitiveConverter {
    @Override
    public void addBinary(Binary value) {
      if (value.length() != rowBytes) {
        throw new IllegalStateException(
            "row " + row + " has " + value.length() + " bytes of pixels instead of " + rowBytes);
      }
      value.toByteBuffer().get(pixels, row * rowBytes, rowBytes);
    }
  }
}
