package io.blockwise.data.dataset;

import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;

/** Unpacks Parquet rows straight into the two arrays of an {@link ImageShard}. */
final class ImageRowUnpacker extends RecordMaterializer<Integer> {
  private final int rowBytes;
  private byte[] pixels = {};
  private int[] labels = {};
  private int row;

  ImageRowUnpacker(int rowBytes) {
    this.rowBytes = rowBytes;
  }

  /** Where the next rows go, from the beginning. */
  void into(byte[] newPixels, int[] newLabels) {
    pixels = newPixels;
    labels = newLabels;
    row = 0;
  }

  /** Rows unpacked since {@link #into}. */
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
