package io.blockwise.data.source.image;

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
 * JPEG and PNG to red, green and blue planes of the wanted size, or to one plane of an image that
 * is grey. Where three are wanted, grey images get equal ones; CMYK is converted without its
 * profile; transparency is dropped; an image is turned upright by its EXIF orientation; of one that
 * is not square the centre is taken. Thread-safe.
 */
public final class ImageDecoder {
  private static final int CHANNELS = 3;
  private static final long MOST_PIXELS = 1 << 28;

  private ImageDecoder() {}

  /** Looks at an image. */
  @FunctionalInterface
  private interface Look<T> {
    T at(BufferedImage image, JpegHeader header) throws BadImageException;
  }

  /**
   * Decodes and resizes.
   *
   * @param shape of three channels, or of one
   * @throws BadImageException if the bytes are no whole image, or have colours and are to be of one
   *     channel
   */
  public static byte[] decode(byte[] file, ImageShape shape) throws BadImageException {
    return of(file, (image, header) -> pixels(image, header, shape));
  }

  /**
   * The same of an image that has as many channels of its own.
   *
   * @throws BadImageException likewise, or if it is grey and is to be of three channels
   */
  public static byte[] decodeAsIs(byte[] file, ImageShape shape) throws BadImageException {
    return of(
        file,
        (image, header) -> {
          if (isGrey(image) && shape.channels() > 1) {
            throw new BadImageException("is grey (1 channel), and the first has 3 channels");
          }
          return pixels(image, header, shape);
        });
  }

  /**
   * Channels that an image has of its own: 1 if it is grey, else 3.
   *
   * @throws BadImageException if the bytes are no whole image
   */
  public static int channels(byte[] file) throws BadImageException {
    return of(file, (image, header) -> isGrey(image) ? 1 : CHANNELS);
  }

  private static <T> T of(byte[] file, Look<T> look) throws BadImageException {
    try {
      JpegHeader header = JpegHeader.of(file);
      return look.at(read(file, header), header);
    } catch (BadImageException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new BadImageException("does not decode as JPEG or PNG", e);
    }
  }

  private static byte[] pixels(BufferedImage image, JpegHeader header, ImageShape shape)
      throws BadImageException {
    if (shape.channels() == 1 && !isGrey(image)) {
      throw new BadImageException("has colours (3 channels) in place of 1 channel");
    }
    Orientation orientation = new Orientation(header.orientation());
    int side = Math.min(image.getWidth(), image.getHeight());
    int left = orientation.left(image.getWidth(), side);
    int top = orientation.top(image.getHeight(), side);
    float[][] planes =
        isGrey(image) ? greyPlanes(image, left, top, side) : colourPlanes(image, left, top, side);
    byte[] pixels = new byte[shape.bytes()];
    for (int c = 0; c < shape.channels(); c++) {
      float[] plane = orientation.upright(planes[c], side);
      Resize.square(plane, side, shape.height(), pixels, c * shape.plane());
    }
    return pixels;
  }

  private static BufferedImage read(byte[] file, JpegHeader header) throws IOException {
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new BadImageException(file.length == 0 ? "is empty" : "is neither JPEG nor PNG");
      }
      ImageReader reader = readers.next();
      try {
        return read(reader, in, header);
      } finally {
        reader.dispose();
      }
    }
  }

  private static BufferedImage read(ImageReader reader, ImageInputStream in, JpegHeader header)
      throws IOException {
    // The JPEG reader fills what a truncated file lacks with grey and only warns.
    AtomicBoolean truncated = new AtomicBoolean();
    reader.addIIOReadWarningListener(
        (source, warning) -> {
          if (warning.toLowerCase(Locale.ROOT).contains("premature end")) {
            truncated.set(true);
          }
        });
    reader.setInput(in);
    requireSize(reader);
    // Java knows no colours of four channels, but hands them out as they are.
    BufferedImage image =
        header.channels() == 4
            ? new Cmyk(header.adobe()).toRgb(reader.readRaster(0, null))
            : reader.read(0);
    if (truncated.get()) {
      throw new BadImageException("is truncated");
    }
    return image;
  }

  /** Before memory is asked for. */
  private static void requireSize(ImageReader reader) throws IOException {
    long width = reader.getWidth(0);
    long height = reader.getHeight(0);
    if (width * height > MOST_PIXELS) {
      throw new BadImageException(
          "has " + width + " x " + height + " pixels, more than 2^28 together");
    }
  }

  private static boolean isGrey(BufferedImage image) {
    return image.getRaster().getNumBands() < CHANNELS
        && !(image.getColorModel() instanceof IndexColorModel);
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
