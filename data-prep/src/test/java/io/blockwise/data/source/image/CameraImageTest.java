package io.blockwise.data.source.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.data.dataset.ImageShape;
import io.blockwise.testing.RandomSeed;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Colours and orientation of JPEG files that did not come from a screen. */
class CameraImageTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final ImageShape SHAPE = new ImageShape(3, 4, 4);
  private static final int NEAR = 4;

  /** Ink on white paper, in per cent: cyan, magenta, yellow, black; then what is seen. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, 0, 255, 255, 255",
    "0, 0, 0, 100, 0, 0, 0",
    "100, 0, 0, 0, 0, 255, 255",
    "0, 100, 0, 0, 255, 0, 255",
    "0, 0, 100, 0, 255, 255, 0",
    "0, 100, 100, 0, 255, 0, 0",
    "20, 40, 60, 20, 163, 122, 82"
  })
  void inksBecomeTheColourThatIsSeen(
      int cyan, int magenta, int yellow, int black, int red, int green, int blue)
      throws IOException {
    int[] ink = {ink(cyan), ink(magenta), ink(yellow), ink(black)};
    int[] inverted = {255 - ink[0], 255 - ink[1], 255 - ink[2], 255 - ink[3]};
    assertColour(JpegFiles.fourChannels(ink), red, green, blue);
    assertColour(JpegFiles.adobe(JpegFiles.fourChannels(inverted), 0), red, green, blue);
    assertColour(JpegFiles.adobe(JpegFiles.fourChannels(ycck(inverted)), 2), red, green, blue);
  }

  private static int ink(int share) {
    return Math.round(share * 2.55f);
  }

  /** As of JFIF, of what the complement of the three inks is. */
  private static int[] ycck(int[] inks) {
    double red = 255 - inks[0];
    double green = 255 - inks[1];
    double blue = 255 - inks[2];
    return new int[] {
      (int) Math.round(0.299 * red + 0.587 * green + 0.114 * blue),
      (int) Math.round(-0.168736 * red - 0.331264 * green + 0.5 * blue + 127.999),
      (int) Math.round(0.5 * red - 0.418688 * green - 0.081312 * blue + 127.999),
      inks[3]
    };
  }

  private static void assertColour(byte[] file, int red, int green, int blue) throws IOException {
    byte[] pixels = ImageDecoder.decode(file, SHAPE);
    int[] expected = {red, green, blue};
    for (int channel = 0; channel < 3; channel++) {
      assertThat(Math.abs((pixels[channel * 16 + 5] & 0xFF) - expected[channel]))
          .as("channel %d", channel)
          .isLessThanOrEqualTo(NEAR);
    }
  }

  /**
   * The corners of what is seen: r(ed) above left, g(reen) above right, b(lue) below left, w(hite)
   * below right; and how they lie in the file, by the standard's eight cases.
   */
  @ParameterizedTest
  @CsvSource({
    "1, rgbw", "2, grwb", "3, wbgr", "4, bwrg", "5, rbgw", "6, gwrb", "7, wgbr", "8, brwg"
  })
  void imageIsTurnedUpright(int orientation, String stored) throws IOException {
    byte[] jpeg = JpegFiles.rgb(corners(stored));
    byte[] upright = ImageDecoder.decode(JpegFiles.rgb(corners("rgbw")), SHAPE);
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      byte[] turned = ImageDecoder.decode(JpegFiles.exif(jpeg, orientation, order), SHAPE);
      for (int i = 0; i < turned.length; i++) {
        assertThat(Math.abs((turned[i] & 0xFF) - (upright[i] & 0xFF))).isLessThanOrEqualTo(NEAR);
      }
    }
  }

  /** The centre that is taken is the one of what is seen. */
  @Test
  void turningAndTakingTheCentreGoTogether() throws IOException {
    for (int orientation = 1; orientation <= 8; orientation++) {
      Orientation turn = new Orientation(orientation);
      int side = 4;
      int left = turn.left(9, side);
      boolean flips = orientation == 2 || orientation == 3 || orientation >= 7;
      // Of five columns too many, two lie before the square where it is seen.
      assertThat(left).isEqualTo(flips ? 3 : 2);
      assertThat(turn.left(8, side)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "9", "65535"})
  void orientationThatIsNoneCountsAsUpright(int value) throws IOException {
    byte[] jpeg = JpegFiles.rgb(corners("grwb"));
    assertThat(ImageDecoder.decode(JpegFiles.exif(jpeg, value, ByteOrder.BIG_ENDIAN), SHAPE))
        .isEqualTo(ImageDecoder.decode(jpeg, SHAPE));
  }

  /** Whatever stands in the segment: the image itself is whole. */
  @ParameterizedTest
  @EnumSource(Damage.class)
  void damagedExifCountsAsUpright(Damage damage) throws IOException {
    byte[] jpeg = JpegFiles.rgb(corners("grwb"));
    byte[] upright = ImageDecoder.decode(jpeg, SHAPE);
    Random random = SEED.random(damage.ordinal());
    for (int time = 0; time < 300; time++) {
      byte[] segment = damage.segment(random);
      byte[] file = JpegFiles.with(jpeg, 0xFFE1, segment);
      JpegHeader header = JpegHeader.of(file);
      assertThat(header.orientation()).isBetween(1, 8);
      assertThat(header.channels()).isEqualTo(3);
      if (header.orientation() == 1) {
        assertThat(ImageDecoder.decode(file, SHAPE)).isEqualTo(upright);
      }
    }
  }

  /** Ways in which a segment is not what it should be. */
  enum Damage {
    RANDOM,
    CUT,
    ALTERED;

    byte[] segment(Random random) throws IOException {
      byte[] whole = JpegFiles.exif(new byte[] {-1, -40}, 6, ByteOrder.LITTLE_ENDIAN);
      byte[] segment = Arrays.copyOfRange(whole, 6, whole.length);
      if (this == CUT) {
        return Arrays.copyOf(segment, random.nextInt(segment.length));
      }
      for (int i = 0; i < (this == RANDOM ? segment.length - 6 : 2); i++) {
        segment[6 + random.nextInt(segment.length - 6)] = (byte) random.nextInt();
      }
      return segment;
    }
  }

  /** 32 x 32, a quarter of each colour: above left, above right, below left, below right. */
  private static BufferedImage corners(String letters) {
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        image.setRGB(x, y, colour(letters.charAt(2 * (y / 16) + x / 16)));
      }
    }
    return image;
  }

  private static int colour(char letter) {
    return switch (letter) {
      case 'r' -> 0xFF0000;
      case 'g' -> 0x00FF00;
      case 'b' -> 0x0000FF;
      default -> 0xFFFFFF;
    };
  }
}
