package io.blockwise.data.source.image;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;

/**
 * Cyan, magenta, yellow and black of a JPEG file to red, green and blue, without a colour profile:
 * what ink does not cover is seen. Immutable.
 *
 * <p>Adobe writes 255 for no ink. Its YCCK is the complement of the first three as luminance and
 * chrominance, by the formula of JFIF.
 *
 * @param adobe as {@link JpegHeader#adobe}
 */
record Cmyk(int adobe) {
  private static final int FULL = 255;
  private static final int YCCK = 2;
  private static final int INKS = 3;

  /**
   * Converts.
   *
   * @param stored four bands of bytes, as they are in the file
   */
  BufferedImage toRgb(Raster stored) {
    int width = stored.getWidth();
    BufferedImage image = new BufferedImage(width, stored.getHeight(), BufferedImage.TYPE_INT_RGB);
    int[] row = new int[(INKS + 1) * width];
    int[] inks = new int[INKS];
    for (int y = 0; y < stored.getHeight(); y++) {
      stored.getPixels(stored.getMinX(), stored.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++) {
        int at = (INKS + 1) * x;
        inks(row, at, inks);
        image.setRGB(x, y, colour(inks, light(row[at + INKS])));
      }
    }
    return image;
  }

  private void inks(int[] row, int at, int[] into) {
    if (adobe == YCCK) {
      double luminance = row[at];
      double blue = row[at + 1] - 128;
      double red = row[at + 2] - 128;
      into[0] = FULL - clamped(luminance + 1.402 * red);
      into[1] = FULL - clamped(luminance - 0.344136 * blue - 0.714136 * red);
      into[2] = FULL - clamped(luminance + 1.772 * blue);
    } else {
      System.arraycopy(row, at, into, 0, INKS);
    }
  }

  private int colour(int[] inks, int black) {
    int colour = 0;
    for (int ink : inks) {
      colour = colour << 8 | (light(ink) * black + FULL / 2) / FULL;
    }
    return colour;
  }

  private int light(int ink) {
    return adobe == JpegHeader.NO_ADOBE ? FULL - ink : ink;
  }

  private static int clamped(double value) {
    return (int) Math.max(0, Math.min(FULL, Math.round(value)));
  }
}
