package io.blockwise.model.averaging.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.averaging.FloatVector;
import io.blockwise.testing.RandomSeed;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScaledIntegersTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final int CHUNK = 4096;

  @Test
  void bytesAreAStepAndMultiplesOfIt() {
    float[] values = {127f, -1f, 0.5f, 1.5f, -2.6f};
    assertThat(Codec.INT8.encode(values)).containsExactly(0, 0, 0x80, 0x3f, 127, -1, 0, 2, -3);
    assertThat(Codec.INT4.encode(new float[] {-7f, -1f, 2.5f}))
        .containsExactly(0, 0, 0x80, 0x3f, 0xf9, 0x02);
    assertThat(decoded(Codec.INT4, -7f, -1f, 2.5f, 3.5f)).containsExactly(-7f, -1f, 2f, 4f);
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "INT4"})
  void noValueIsOffByMoreThanHalfAStepOfItsChunk(Codec codec) {
    Random random = SEED.random();
    for (int length : new int[] {1, 2, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 77}) {
      float[] values = new float[length];
      for (int i = 0; i < length; i++) {
        values[i] = (float) Math.scalb(random.nextGaussian(), 30 * (i / CHUNK) - 60);
      }
      float[] decoded = decoded(codec, values);
      for (int i = 0; i < length; i++) {
        double halfAStep = largest(values, i / CHUNK) / 2 / steps(codec);
        assertThat((double) decoded[i]).isCloseTo(values[i], within(1.0001 * halfAStep));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "INT4"})
  void valuesThatAreAllEqualStaySo(Codec codec) {
    float[] values = new float[CHUNK + 5];
    Arrays.fill(values, -0.1f);
    for (float value : decoded(codec, values)) {
      assertThat(value).isCloseTo(-0.1f, within(1e-8f));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "INT4"})
  void zerosAreZeros(Codec codec) {
    float[] values = new float[CHUNK + 5];
    values[3] = -0f;
    assertThat(codec.encode(values)).containsOnly(0);
    assertThat(decoded(codec, values)).containsOnly(0f);
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "INT4"})
  void theLargestFloatsStayFinite(Codec codec) {
    float[] decoded = decoded(codec, Float.MAX_VALUE, -Float.MAX_VALUE, 1f);
    assertThat(decoded[0]).isFinite().isCloseTo(Float.MAX_VALUE, within(1e33f));
    assertThat(decoded[1]).isEqualTo(-decoded[0]);
    assertThat(decoded[2]).isZero();
  }

  /** A step below the least normal float would have no digits left, and its inverse overflow. */
  @ParameterizedTest
  @EnumSource(names = {"INT8", "INT4"})
  void whatIsTooSmallForAStepIsNotSent(Codec codec) {
    float least = steps(codec) * Float.MIN_NORMAL;
    assertThat(decoded(codec, least, -least / steps(codec)))
        .containsExactly(least, -Float.MIN_NORMAL);
    assertThat(decoded(codec, Math.nextDown(least), -1e-40f)).containsOnly(0f);
    assertThat(decoded(codec, Float.MIN_VALUE)).containsExactly(0f);
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "INT4"})
  void aValueThatIsNotFiniteMakesItsChunkNotFiniteAndNoOther(Codec codec) {
    for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] values = new float[2 * CHUNK + 9];
      Arrays.fill(values, 0.5f);
      values[CHUNK + 1] = wrong;
      float[] decoded = decoded(codec, values);
      for (int i = 0; i < values.length; i++) {
        assertThat(Float.isNaN(decoded[i])).isEqualTo(i / CHUNK == 1);
      }
    }
  }

  @Test
  void infinitiesAloneAreNotFinite() {
    float[] values = new float[9];
    Arrays.fill(values, Float.NEGATIVE_INFINITY);
    assertThat(FloatVector.owning(decoded(Codec.INT4, values)).isFinite()).isFalse();
  }

  private static float[] decoded(Codec codec, float... values) {
    return Payload.of(codec, values).decode();
  }

  private static int steps(Codec codec) {
    return codec == Codec.INT8 ? 127 : 7;
  }

  private static double largest(float[] values, int chunk) {
    double largest = 0;
    for (int i = chunk * CHUNK; i < Math.min(values.length, (chunk + 1) * CHUNK); i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest;
  }
}
