package io.blockwise.job.prediction;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageValues;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.source.image.BadImageException;
import io.blockwise.data.source.image.ImageDecoder;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.engine.Batch;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Content of JPEG and PNG files: decoded, brought to the size and the normalisation of training.
 */
final class RawImages implements RawReader<byte[], byte[]> {
  private final RowSchema.Field<ImageKind> field;
  private final RowTransform transform;

  /**
   * @throws UserException if the model does not read images
   */
  RawImages(ModelVersion version) {
    RowSchema schema = RowTransform.rowsOf(version.description());
    field = schema.main(ImageKind.class);
    transform = RowTransform.of(schema, version.description().fields());
  }

  @Override
  public byte[] read(byte[] file) {
    try {
      return ImageDecoder.decode(file, field.kind().shape());
    } catch (BadImageException e) {
      throw UserException.cannot(
          "answer an image", e.getMessage(), "give the content of a JPEG or PNG file", e);
    }
  }

  @Override
  public byte[] of(Rows rows, int row) {
    ImageValues images = rows.field(field.name(), ImageValues.class);
    int bytes = images.shape().bytes();
    return Arrays.copyOfRange(images.pixels(), row * bytes, (row + 1) * bytes);
  }

  @Override
  public int length(byte[] pixels) {
    return 1;
  }

  @Override
  public Batch batch(List<byte[]> images) {
    ImageValues values = field.kind().values(images.size());
    for (int i = 0; i < images.size(); i++) {
      byte[] pixels = images.get(i);
      System.arraycopy(pixels, 0, values.pixels(), i * pixels.length, pixels.length);
    }
    return transform.batch(new Rows(0, new int[images.size()], Map.of(field.name(), values)));
  }
}
