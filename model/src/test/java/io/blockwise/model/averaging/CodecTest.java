package io.blockwise.model.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.testing.RandomSeed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodecTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  @Test
  void singlePrecisionKeepsEveryBit() {
    float[] values = {0f, -0f, 1f, Float.MIN_VALUE, -Float.MAX_VALUE, 1e-41f, (float) Math.PI};
    assertThat(Payload.of(Codec.FP32, values).decode()).isEqualTo(FloatVector.copyOf(values));
  }

  @Test
  void valuesAreWrittenLittleEndian() {
    assertThat(Codec.FP32.encode(new float[] {1f})).containsExactly(0, 0, 0x80, 0x3f);
    assertThat(Codec.FP16.encode(new float[] {1f, -2f})).containsExactly(0, 0x3c, 0, 0xc0);
  }

  @Test
  void halvesHaveTheirReferenceBits() {
    assertThat(half(0f)).isEqualTo(0x0000);
    assertThat(half(-0f)).isEqualTo(0x8000);
    assertThat(half(0.1f)).isEqualTo(0x2e66);
    assertThat(half(1f / 3)).isEqualTo(0x3555);
    assertThat(half((float) Math.PI)).isEqualTo(0x4248);
    assertThat(half(65504f)).isEqualTo(0x7bff);
    assertThat(half(0x1p-14f)).isEqualTo(0x0400);
    assertThat(half(0x1p-24f)).isEqualTo(0x0001);
    assertThat(half(1023 * 0x1p-24f)).isEqualTo(0x03ff);
  }

  @Test
  void tiesGoToTheEvenHalf() {
    assertThat(half(1 + 0x1p-11f)).isEqualTo(0x3c00);
    assertThat(half(1 + 3 * 0x1p-11f)).isEqualTo(0x3c02);
    assertThat(half(0x1p-25f)).isEqualTo(0x0000);
    assertThat(half(Math.nextUp(0x1p-25f))).isEqualTo(0x0001);
    assertThat(half(3 * 0x1p-25f)).isEqualTo(0x0002);
    assertThat(half(2047 * 0x1p-25f)).isEqualTo(0x0400);
    assertThat(half(Float.MIN_VALUE)).isEqualTo(0x0000);
  }

  @Test
  void whatIsTooLargeSaturatesAndWhatIsNoNumberStaysSo() {
    assertThat(half(65519.99f)).isEqualTo(0x7bff);
    assertThat(half(65520f)).isEqualTo(0x7bff);
    assertThat(half(-1e30f)).isEqualTo(0xfbff);
    assertThat(half(Float.POSITIVE_INFINITY)).isEqualTo(0x7c00);
    assertThat(half(Float.NEGATIVE_INFINITY)).isEqualTo(0xfc00);
    assertThat(HalfFloats.toFloat(HalfFloats.of(Float.NaN))).isNaN();
  }

  @Test
  void everyHalfSurvivesTheWayThroughFloat() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      float value = HalfFloats.toFloat((short) bits);
      assertThat(Float.valueOf(value)).isEqualTo(Float.valueOf((float) exactValue(bits)));
      if (!Float.isNaN(value)) {
        assertThat(half(value)).isEqualTo(bits);
      }
    }
  }

  /** What rounds differently does so at a half or between two of them. */
  @Test
  void everyHalfAndEveryBorderBetweenTwoIsRoundedByTheDefinition() {
    for (int half = 0; half < 0x7c00; half++) {
      float here = HalfFloats.toFloat((short) half);
      float next = half == 0x7bff ? 65536f : HalfFloats.toFloat((short) (half + 1));
      float border = (here + next) / 2; // has one digit more, which a float has room for
      for (float near : new float[] {here, border}) {
        for (float value : new float[] {Math.nextDown(near), near, Math.nextUp(near)}) {
          assertRoundedByDefinition(value);
          assertRoundedByDefinition(-value);
        }
      }
    }
  }

  @Test
  void anyFloatIsRoundedByTheDefinition() {
    Random random = SEED.random();
    for (int i = 0; i < 1_000_000; i++) {
      assertRoundedByDefinition(Float.intBitsToFloat(random.nextInt()));
      assertRoundedByDefinition((float) Math.scalb(random.nextGaussian(), -random.nextInt(32)));
    }
  }

  @Test
  void aDamagedPayloadIsRefused() {
    assertThatThrownBy(() -> Payload.received(Codec.FP32, pieces(new byte[7], 7)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Cannot read values in FP32: 7 bytes");
    assertThat(Payload.received(Codec.FP16, pieces(new byte[6], 2)).length()).isEqualTo(3);
  }

  /** Pieces that end between two values are read where they lie, others are joined first. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 7, 8, 40})
  void payloadIsReadFromPiecesOfAnyLength(int length) {
    float[] values = {0f, 1.5f, -2f, 65504f, 0x1p-24f, -0f, 3f, 4f, 5f, 6f};
    for (Codec codec : Codec.values()) {
      byte[] bytes = codec.encode(values);
      Payload payload = Payload.received(codec, pieces(bytes, length));
      assertThat(payload.decode()).isEqualTo(FloatVector.copyOf(values));
      ByteBuffer part = ByteBuffer.allocate(9);
      payload.write(5, 9, part);
      assertThat(part.array()).isEqualTo(Arrays.copyOfRange(bytes, 5, 14));
    }
  }

  private static List<ByteBuffer> pieces(byte[] bytes, int length) {
    List<ByteBuffer> pieces = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += length) {
      ByteBuffer from = ByteBuffer.wrap(bytes, at, Math.min(length, bytes.length - at));
      pieces.add(from);
    }
    return pieces;
  }

  private static void assertRoundedByDefinition(float value) {
    if (half(value) != nearestHalf(value)) {
      assertThat(half(value)).as("half of %s", value).isEqualTo(nearestHalf(value));
    }
  }

  /**
   * The multiple of the unit in the last place that is nearest, an even one of two; a half's bits
   * without the sign count the halves from zero on.
   */
  private static int nearestHalf(float value) {
    int sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
    if (Float.isNaN(value)) {
      return sign | 0x7e00;
    }
    int exponent = Math.max(Math.getExponent(value), -14);
    double units = Math.rint(Math.abs((double) value) * Math.pow(2, 10 - exponent));
    double bits =
        Double.isInfinite(units) ? 0x7c00 : Math.min(units + ((exponent + 14) << 10), 0x7bff);
    return sign | (int) bits;
  }

  private static int half(float value) {
    return HalfFloats.of(value) & 0xffff;
  }

  /** IEEE 754 binary16 by its definition. */
  private static double exactValue(int bits) {
    int exponent = bits >> 10 & 31;
    double fraction = (bits & 1023) / 1024.0;
    double sign = (bits & 0x8000) == 0 ? 1 : -1;
    if (exponent == 31) {
      return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
    }
    return exponent == 0
        ? sign * fraction * 0x1p-14
        : sign * (1 + fraction) * Math.pow(2, exponent - 15);
  }
}
