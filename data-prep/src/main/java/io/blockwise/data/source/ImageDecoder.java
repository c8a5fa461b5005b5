package io.blockwise.data.source;

import io.blockwise.data.check.DataException;
import io.blockwise.data.dataset.ImageShape;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * JPEG and PNG to red, green and blue planes of the wanted size. Grey images get three equal
 * planes; transparency is dropped; of an image that is not square the centre is taken. Thread-safe.
 */
final class ImageDecoder {
  private static final int CHANNELS = 3;

  private ImageDecoder() {}

  /**
   * Decodes and resizes.
   *
   * @param name for the message
   * @throws DataException if the bytes are no whole image
   */
  static byte[] decode(byte[] file, String name, ImageShape shape) {
    try {
      BufferedImage image = read(file);
      int side = Math.min(image.getWidth(), image.getHeight());
      float[][] planes =
          planes(image, (image.getWidth() - side) / 2, (image.getHeight() - side) / 2, side);
      byte[] pixels = new byte[shape.bytes()];
      for (int c = 0; c < CHANNELS; c++) {
        Resize.square(planes[c], side, shape.height(), pixels, c * shape.plane());
      }
      return pixels;
    } catch (IOException | RuntimeException e) {
      throw new DataException(
          "Cannot read image "
              + name
              + ": it does not decode as JPEG or PNG (repair it, or move it out of the folder)",
          e);
    }
  }

  private static BufferedImage read(byte[] file) throws IOException {
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new IOException("unknown format");
      }
      ImageReader reader = readers.next();
      try {
        // The JPEG reader fills what a truncated file lacks with grey and only warns.
        AtomicBoolean truncated = new AtomicBoolean();
        reader.addIIOReadWarningListener(
            (source, warning) -> {
              if (warning.toLowerCase(Locale.ROOT).contains("premature end")) {
                truncated.set(true);
              }
            });
        reader.setInput(in);
        BufferedImage image = reader.read(0);
        if (truncated.get()) {
          throw new IOException("the file is truncated");
        }
        return image;
      } finally {
        reader.dispose();
      }
    }
  }

  private static float[][] planes(BufferedImage image, int left, int top, int side) {
    boolean grey =
        image.getRaster().getNumBands() < CHANNELS
            && !(image.getColorModel() instanceof IndexColorModel);
    return grey ? greyPlanes(image, left, top, side) : colourPlanes(image, left, top, side);
  }

  // getRGB would treat grey values as linear light and so brighten them.
  private static float[][] greyPlanes(BufferedImage image, int left, int top, int side) {
    Raster raster = image.getRaster();
    float scale = 255f / ((1 << raster.getSampleModel().getSampleSize(0)) - 1);
    float[] plane = raster.getSamples(left, top, side, side, 0, new float[side * side]);
    for (int i = 0; i < plane.length; i++) {
      plane[i] *= scale;
    }
    return new float[][] {plane, plane, plane};
  }

  private static float[][] colourPlanes(BufferedImage image, int left, int top, int side) {
    int[] colours = image.getRGB(left, top, side, side, null, 0, side);
    float[][] planes = new float[CHANNELS][side * side];
    for (int i = 0; i < colours.length; i++) {
      planes[0][i] = colours[i] >> 16 & 0xFF;
      planes[1][i] = colours[i] >> 8 & 0xFF;
      planes[2][i] = colours[i] & 0xFF;
    }
    return planes;
  }
}
