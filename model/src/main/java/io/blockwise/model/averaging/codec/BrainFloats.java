package io.blockwise.model.averaging.codec;

/**
 * Conversion between {@code float} and bfloat16, its upper half: 1 sign bit, 8 bits of exponent, 7
 * bits of fraction. Thread-safe.
 */
final class BrainFloats {
  private static final int SIGN = 0x8000;
  private static final int INFINITE = 0x7f80;
  private static final int NOT_A_NUMBER = 0x7fc0;
  private static final int LARGEST = 0x7f7f;
  private static final int FLOAT_INFINITE = 0x7f800000;
  private static final int SMALLEST_TOO_LARGE = 0x7f7f8000;

  private BrainFloats() {}

  /**
   * The nearest number with 7 bits of fraction, ties to the even one. Finite values beyond the
   * range become the largest of their sign; infinities and NaN stay what they are.
   */
  static short of(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7fffffff) >= SMALLEST_TOO_LARGE) {
      return beyond(bits);
    }
    int odd = bits >>> 16 & 1;
    return (short) (bits + 0x7fff + odd >>> 16);
  }

  /** The same number. */
  static float toFloat(short upper) {
    return Float.intBitsToFloat(upper << 16);
  }

  private static short beyond(int bits) {
    int sign = bits >>> 16 & SIGN;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > FLOAT_INFINITE) {
      return (short) (sign | NOT_A_NUMBER);
    }
    return (short) (sign | (magnitude == FLOAT_INFINITE ? INFINITE : LARGEST));
  }
}
