package io.blockwise.data.source.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.data.dataset.ImageShape;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ImageDecoderTest {
  private static final ImageShape SHAPE = new ImageShape(3, 4, 4);

  @Test
  void coloursBecomePlanes() throws IOException {
    BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
    image.setRGB(1, 2, 0x0A80FF);
    byte[] pixels = decode(file(image, "png"));
    int at = 2 * 4 + 1;
    assertThat(new byte[] {pixels[at], pixels[16 + at], pixels[32 + at]})
        .containsExactly(0x0A, (byte) 0x80, (byte) 0xFF);
    assertThat(pixels[0]).isZero();
  }

  @Test
  void greyKeepsItsValueInAllThreePlanes() throws IOException {
    BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
    Arrays.fill(((DataBufferByte) image.getRaster().getDataBuffer()).getData(), (byte) 77);
    assertThat(decode(file(image, "png"))).containsOnly(77);
    assertThat(decode(file(image, "jpg"))).containsOnly(77);
  }

  @Test
  void sixteenBitGreyIsScaledToEight() throws IOException {
    BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setSample(0, 0, 0, 65535);
    image.getRaster().setSample(1, 0, 0, 257 * 100);
    assertThat(decode(file(image, "png"))).startsWith(255, 100, 0);
  }

  @Test
  void centreOfAnImageThatIsNotSquareIsTaken() throws IOException {
    BufferedImage image = new BufferedImage(8, 4, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 4; y++) {
      for (int x = 2; x < 6; x++) {
        image.setRGB(x, y, 0xFFFFFF);
      }
    }
    assertThat(decode(file(image, "png"))).containsOnly(0xFF);
  }

  @Test
  void truncatedJpegIsRefused() throws IOException {
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(3);
    for (int i = 0; i < 64 * 64; i++) {
      image.setRGB(i % 64, i / 64, random.nextInt());
    }
    byte[] whole = file(image, "jpg");
    assertThat(decode(whole)).hasSize(48);
    assertThatThrownBy(() -> decode(Arrays.copyOf(whole, whole.length / 2)))
        .isInstanceOf(BadImageException.class)
        .hasMessage("is truncated");
  }

  @Test
  void emptyFileIsRefused() {
    assertThatThrownBy(() -> decode(new byte[0]))
        .isInstanceOf(BadImageException.class)
        .hasMessage("is empty");
  }

  @Test
  void resizingKeepsAnEvenPlaneAndTheMeanOfAnUnevenOne() {
    float[] even = new float[49];
    Arrays.fill(even, 200);
    byte[] small = new byte[9];
    Resize.square(even, 7, 3, small, 0);
    assertThat(small).containsOnly(200);
    float[] ramp = new float[64];
    for (int i = 0; i < 64; i++) {
      ramp[i] = 3 * i;
    }
    byte[] half = new byte[16];
    Resize.square(ramp, 8, 4, half, 0);
    double mean = IntStream.range(0, 16).map(i -> half[i] & 0xFF).average().orElse(0);
    assertThat(mean).isBetween(94.0, 95.0);
    byte[] large = new byte[256];
    Resize.square(ramp, 8, 16, large, 0);
    assertThat(large[0]).isZero();
    assertThat(large[255] & 0xFF).isEqualTo(189);
  }

  private static byte[] decode(byte[] file) throws BadImageException {
    return ImageDecoder.decode(file, SHAPE);
  }

  private static byte[] file(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, out)).isTrue();
    return out.toByteArray();
  }
}
