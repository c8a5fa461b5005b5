package io.blockwise.spark;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.apache.spark.ml.image.ImageSchema;
import org.apache.spark.sql.Row;

/** Images of DataFrames as contents of files. */
final class ImageFiles {
  private static final int COLOUR = 3;
  private static final int WITH_ALPHA = 4;

  private ImageFiles() {}

  /**
   * The content of a JPEG or PNG file.
   *
   * @param value such a content, or an image in Spark's schema, whose channels are blue, green, red
   *     and possibly an alpha that is left out, or one of grey
   */
  static byte[] content(Object value) throws IOException {
    return value instanceof Row image ? png(image) : (byte[]) value;
  }

  /** Ending of the name of a file with this content. */
  static String type(byte[] content) {
    return content.length > 1 && content[0] == (byte) 0xFF && content[1] == (byte) 0xD8
        ? "jpg"
        : "png";
  }

  private static byte[] png(Row image) throws IOException {
    int height = ImageSchema.getHeight(image);
    int width = ImageSchema.getWidth(image);
    int channels = ImageSchema.getNChannels(image);
    byte[] data = ImageSchema.getData(image);
    if (channels != 1 && channels != COLOUR && channels != WITH_ALPHA) {
      throw new IOException("an image of " + channels + " channels");
    }
    int type = channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB;
    BufferedImage pixels = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = (y * width + x) * channels;
        if (channels == 1) {
          pixels.getRaster().setSample(x, y, 0, data[at] & 0xFF);
        } else {
          int blue = data[at] & 0xFF;
          int green = data[at + 1] & 0xFF;
          int red = data[at + 2] & 0xFF;
          pixels.setRGB(x, y, red << 16 | green << 8 | blue);
        }
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(pixels, "png", out);
    return out.toByteArray();
  }
}
