package io.blockwise.data.dataset;

import java.util.function.IntSupplier;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.PrimitiveConverter;

/** Images as one {@code byte[]}, unsigned, each {@code [channels, height, width]}. */
public final class ImageValues extends FieldValues {
  private final ImageShape shape;
  private final byte[] pixels;

  /**
   * @param pixels image i starts at {@code i * shape.bytes()}
   */
  public ImageValues(ImageShape shape, byte[] pixels) {
    this.shape = shape;
    this.pixels = pixels;
  }

  /** Size of each image. */
  public ImageShape shape() {
    return shape;
  }

  /** All images; image i starts at {@code i * shape().bytes()}. Not to be changed. */
  public byte[] pixels() {
    return pixels;
  }

  @Override
  Converter unpacker(IntSupplier row) {
    int bytes = shape.bytes();
    return new PrimitiveConverter() {
      @Override
      public void addBinary(Binary value) {
        if (value.length() != bytes) {
          throw new IllegalStateException(
              "row "
                  + row.getAsInt()
                  + " has "
                  + value.length()
                  + " bytes of pixels instead of "
                  + bytes);
        }
        value.toByteBuffer().get(pixels, row.getAsInt() * bytes, bytes);
      }
    };
  }
}
