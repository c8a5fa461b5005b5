package io.blockwise.model.averaging.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.averaging.FloatVector;
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
    assertThat(FloatVector.owning(Payload.of(Codec.FP32, values).decode()))
        .isEqualTo(FloatVector.copyOf(values));
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
  void theUpperHalfOfAFloatIsRounded() {
    assertThat(upper(0f)).isEqualTo(0x0000);
    assertThat(upper(-0f)).isEqualTo(0x8000);
    assertThat(upper(0.1f)).isEqualTo(0x3dcd);
    assertThat(upper((float) -Math.PI)).isEqualTo(0xc049);
    assertThat(upper(1 + 0x1p-8f)).as("a tie").isEqualTo(0x3f80);
    assertThat(upper(1 + 3 * 0x1p-8f)).as("a tie").isEqualTo(0x3f82);
    assertThat(upper(Math.nextUp(1 + 0x1p-8f))).isEqualTo(0x3f81);
    assertThat(upper(Float.MIN_VALUE)).isEqualTo(0x0000);
    assertThat(upper(Float.MAX_VALUE)).as("saturates").isEqualTo(0x7f7f);
    assertThat(upper(-Float.MAX_VALUE)).as("saturates").isEqualTo(0xff7f);
    assertThat(upper(Float.NEGATIVE_INFINITY)).isEqualTo(0xff80);
    assertThat(upper(Float.intBitsToFloat(0x7f800001))).as("NaN").isEqualTo(0x7fc0);
    assertThat(upper(Float.intBitsToFloat(0xffffffff))).as("NaN").isEqualTo(0xffc0);
  }

  @Test
  void theNearestUpperHalfIsTaken() {
    Random random = SEED.random();
    for (int i = 0; i < 200_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (Math.abs(value) < 3e38) {
        int bits = upper(value);
        double error = Math.abs((double) BrainFloats.toFloat((short) bits) - value);
        double other = Math.abs((double) BrainFloats.toFloat((short) (bits + 1)) - value);
        assertThat(error)
            .isLessThanOrEqualTo(other)
            .isLessThanOrEqualTo(Math.scalb(1.0, -8 + Math.max(Math.getExponent(value), -126)));
      }
    }
  }

  @Test
  void everyUpperHalfSurvives() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      float value = BrainFloats.toFloat((short) bits);
      assertThat(Float.isNaN(value) ? bits : upper(value)).isEqualTo(bits);
    }
  }

  @Test
  void aDamagedPayloadIsRefused() {
    assertThatThrownBy(() -> Payload.received(Codec.FP32, 2, pieces(new byte[7], 7)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot read 2 values in FP32: 7 bytes instead of 8 (the message is damaged)");
    assertThatThrownBy(() -> Payload.received(Codec.INT4, 4097, pieces(new byte[2056], 100)))
        .hasMessage(
            "Cannot read 4097 values in INT4: 2056 bytes instead of 2057 (the message is damaged)");
    assertThat(Payload.received(Codec.FP16, 3, pieces(new byte[6], 2)).length()).isEqualTo(3);
  }

  @Test
  void bytesAreThoseOfValuesAndScales() {
    assertThat(Codec.FP32.bytes(1_000_000)).isEqualTo(4_000_000);
    assertThat(Codec.FP16.bytes(1_000_000)).isEqualTo(2_000_000);
    assertThat(Codec.BF16.bytes(1_000_000)).isEqualTo(2_000_000);
    assertThat(Codec.INT8.bytes(1_000_000)).isEqualTo(1_000_980);
    assertThat(Codec.INT4.bytes(1_000_000)).isEqualTo(500_980);
    assertThat(Codec.INT4.bytes(4097)).as("two scales, the last half byte empty").isEqualTo(2057);
    for (Codec codec : Codec.values()) {
      assertThat(codec.bytes(0)).isZero();
      assertThat(codec.bytes(Integer.MAX_VALUE)).isPositive();
    }
  }

  /** Pieces may end anywhere, also within a value or between a scale and what it is for. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 7, 8, 40, 2053, 4099, 9000})
  void payloadIsReadFromPiecesOfAnyLength(int length) {
    Random random = SEED.random();
    float[] values = new float[2 * 4096 + 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    for (Codec codec : Codec.values()) {
      byte[] bytes = codec.encode(values);
      assertThat(bytes).hasSize(Math.toIntExact(codec.bytes(values.length)));
      Payload payload = Payload.received(codec, values.length, pieces(bytes, length));
      assertThat(payload.decode()).isEqualTo(Payload.of(codec, values).decode());
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

  private static int upper(float value) {
    return BrainFloats.of(value) & 0xffff;
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
