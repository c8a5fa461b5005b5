package io.blockwise.model.averaging.codec;

/**
 * Conversion between {@code float} and IEEE 754 binary16: 1 sign bit, 5 bits of exponent (bias 15),
 * 10 bits of fraction. Without branches that depend on the size of usual values, since nobody can
 * predict those of small ones. Thread-safe.
 */
final class HalfFloats {
  private static final int SIGN = 0x8000;
  private static final int INFINITE = 0x7c00;
  private static final int NOT_A_NUMBER = 0x7e00;
  private static final int LARGEST = 0x7bff;
  private static final int FLOAT_INFINITE = 0x7f800000;
  private static final int SMALLEST_TOO_LARGE = Float.floatToRawIntBits(65520f);

  /**
   * By sign and exponent of a float (its 9 uppermost bits), the power of two of its sign that is so
   * large that their sum has the last digit of the nearest half for its own last digit: the
   * addition rounds, to nearest even.
   */
  private static final float[] ROUNDING = new float[512];

  /** By the same, what makes the sum's bits those of the half. */
  private static final int[] FROM_SUM = new int[512];

  /** Every half as a float. */
  private static final float[] FLOATS = new float[1 << 16];

  static {
    for (int high = 0; high < ROUNDING.length; high++) {
      int sign = high >>> 8;
      // Below 2^-14 halves are multiples of 2^-24, whatever their size.
      int exponent = Math.max((high & 0xff) - 127, -14);
      float power = Math.scalb(sign == 0 ? 1f : -1f, exponent + 13);
      ROUNDING[high] = power;
      FROM_SUM[high] = (sign << 15 | exponent + 14 << 10) - Float.floatToRawIntBits(power);
    }
    for (int half = 0; half < FLOATS.length; half++) {
      FLOATS[half] = value(half);
    }
  }

  private HalfFloats() {}

  /**
   * The nearest half, ties to the even one. Finite values beyond the range become the largest half
   * of their sign; infinities and NaN stay what they are.
   */
  static short of(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7fffffff) >= SMALLEST_TOO_LARGE) {
      return beyond(bits);
    }
    int high = bits >>> 23;
    return (short) (Float.floatToRawIntBits(value + ROUNDING[high]) + FROM_SUM[high]);
  }

  /** The same number; every half is one. */
  static float toFloat(short half) {
    return FLOATS[half & 0xffff];
  }

  private static short beyond(int bits) {
    int sign = bits >>> 16 & SIGN;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > FLOAT_INFINITE) {
      return (short) (sign | NOT_A_NUMBER);
    }
    return (short) (sign | (magnitude == FLOAT_INFINITE ? INFINITE : LARGEST));
  }

  private static float value(int half) {
    int sign = (half & SIGN) << 16;
    int exponent = half >>> 10 & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int biased = exponent == 0x1f ? 0xff : exponent + 112;
    return Float.intBitsToFloat(sign | biased << 23 | fraction << 13);
  }
}
