package io.blockwise.model.averaging;

/**
 * Conversion between {@code float} and IEEE 754 binary16: 1 sign bit, 5 bits of exponent (bias 15),
 * 10 bits of fraction. Thread-safe.
 */
final class HalfFloats {
  private static final int SIGN = 0x8000;
  private static final int INFINITE = 0x7c00;
  private static final int NOT_A_NUMBER = 0x7e00;
  private static final int LARGEST = 0x7bff;
  private static final int FLOAT_INFINITE = 0x7f800000;
  private static final int SMALLEST_NORMAL = Float.floatToRawIntBits(0x1p-14f);
  private static final int SMALLEST_TOO_LARGE = Float.floatToRawIntBits(65520f);

  private HalfFloats() {}

  /**
   * The nearest half, ties to the even one. Finite values beyond the range become the largest half
   * of their sign; infinities and NaN stay what they are.
   */
  static short of(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & SIGN;
    int magnitude = bits & 0x7fffffff;
    if (magnitude >= FLOAT_INFINITE) {
      return (short) (sign | (magnitude == FLOAT_INFINITE ? INFINITE : NOT_A_NUMBER));
    }
    if (magnitude >= SMALLEST_TOO_LARGE) {
      return (short) (sign | LARGEST);
    }
    if (magnitude >= SMALLEST_NORMAL) {
      // 13 bits of fraction go; the exponent's bias changes from 127 to 15.
      return (short) (sign | shiftToNearestEven(magnitude - (112 << 23), 13));
    }
    // Below 2^-14 halves are multiples of 2^-24: shift the whole significand accordingly.
    int exponent = magnitude >>> 23;
    int significand = magnitude & 0x7fffff | (exponent == 0 ? 0 : 0x800000);
    return (short) (sign | shiftToNearestEven(significand, Math.min(126 - exponent, 31)));
  }

  /** The same number; every half is one. */
  static float toFloat(short half) {
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

  private static int shiftToNearestEven(int bits, int by) {
    int kept = bits >>> by;
    int rest = bits & (1 << by) - 1;
    int tie = 1 << by - 1;
    boolean up = rest > tie || rest == tie && (kept & 1) == 1;
    return up ? kept + 1 : kept;
  }
}
