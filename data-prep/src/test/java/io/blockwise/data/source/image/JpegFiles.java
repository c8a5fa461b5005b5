package io.blockwise.data.source.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** JPEG files as cameras and printers make them. */
final class JpegFiles {
  private JpegFiles() {}

  static byte[] rgb(BufferedImage image) throws IOException {
    return write(new IIOImage(image, null, null));
  }

  /** One colour, 16 x 16, as four channels that are stored as they are given. */
  static byte[] fourChannels(int... values) throws IOException {
    WritableRaster raster = Raster.createInterleavedRaster(0, 16, 16, 4, null);
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        raster.setPixel(x, y, values);
      }
    }
    return write(new IIOImage(raster, null, null));
  }

  /** Adds Adobe's marker: 0 for CMYK, 2 for YCCK. */
  static byte[] adobe(byte[] jpeg, int transform) {
    ByteBuffer segment = ByteBuffer.allocate(12);
    segment.put("Adobe".getBytes(StandardCharsets.US_ASCII)).putShort((short) 100).putInt(0);
    return with(jpeg, 0xFFEE, segment.put((byte) transform).array());
  }

  /** Adds a camera's directory of two entries, of which one is the orientation. */
  static byte[] exif(byte[] jpeg, int orientation, ByteOrder order) {
    ByteBuffer tiff = ByteBuffer.allocate(8 + 2 + 2 * 12 + 4).order(order);
    tiff.put((order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM").getBytes(StandardCharsets.US_ASCII));
    tiff.putShort((short) 42).putInt(8).putShort((short) 2);
    tiff.putShort((short) 0x0100).putShort((short) 3).putInt(1).putInt(0);
    tiff.putShort((short) 0x0112).putShort((short) 3).putInt(1);
    tiff.putShort((short) orientation).putShort((short) 0).putInt(0);
    ByteBuffer segment = ByteBuffer.allocate(6 + tiff.capacity());
    segment.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII)).put(tiff.array());
    return with(jpeg, 0xFFE1, segment.array());
  }

  /** Adds a segment behind the start of the image. */
  static byte[] with(byte[] jpeg, int marker, byte[] segment) {
    return ByteBuffer.allocate(jpeg.length + 4 + segment.length)
        .put(jpeg, 0, 2)
        .putShort((short) marker)
        .putShort((short) (2 + segment.length))
        .put(segment)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }

  private static byte[] write(IIOImage image) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      ImageWriteParam best = writer.getDefaultWriteParam();
      best.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      best.setCompressionQuality(1);
      writer.write(null, image, best);
    } finally {
      writer.dispose();
    }
    assertThat(bytes.size()).isPositive();
    return bytes.toByteArray();
  }
}
