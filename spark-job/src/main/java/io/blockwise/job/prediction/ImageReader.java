package io.blockwise.job.prediction;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.FieldValues;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageValues;
import io.blockwise.data.source.image.BadImageException;
import io.blockwise.data.source.image.ImageDecoder;
import java.util.Arrays;
import java.util.List;

/** Content of JPEG and PNG files: decoded, and brought to the size of training. */
final class ImageReader implements FieldReader<byte[], byte[]> {
  private final ImageKind kind;

  ImageReader(ImageKind kind) {
    this.kind = kind;
  }

  @Override
  public byte[] read(byte[] file) {
    try {
      return ImageDecoder.decode(file, kind.shape());
    } catch (BadImageException e) {
      throw UserException.cannot(
          "answer an image", e.getMessage(), "give the content of a JPEG or PNG file", e);
    }
  }

  @Override
  public byte[] of(FieldValues values, int row) {
    ImageValues images = (ImageValues) values;
    int bytes = images.shape().bytes();
    return Arrays.copyOfRange(images.pixels(), row * bytes, (row + 1) * bytes);
  }

  @Override
  public FieldValues values(List<byte[]> images) {
    ImageValues values = kind.values(images.size());
    for (int i = 0; i < images.size(); i++) {
      byte[] pixels = images.get(i);
      System.arraycopy(pixels, 0, values.pixels(), i * pixels.length, pixels.length);
    }
    return values;
  }
}
