package io.blockwise.model.averaging.codec;

import java.nio.ByteBuffer;

/**
 * Floats as multiples of a step of their own for every 4,096 of them, from {@code -n} to {@code n}
 * steps. A chunk is its step as a float, then the integers; the last chunk may be shorter.
 *
 * <p>The step is a chunk's largest magnitude divided by {@code n}, and values go to the nearest
 * multiple, ties to the even one: no value is off by more than half a step, but for the rounding of
 * floats. A chunk with magnitudes below {@code n * 2^-126} only has step 0 and is all zeros, since
 * smaller steps would have no digits left. A chunk with a value that is not finite has step NaN, so
 * that every value of it comes back as NaN and whoever receives it refuses it. Immutable.
 */
abstract sealed class ScaledIntegers {
  /** Values with the same step. */
  static final int CHUNK = 4096;

  /** Two's complement in a byte each, from -127 to 127. */
  static final ScaledIntegers BYTES = new Bytes();

  /** Two in a byte, the first one in its lower half, from -7 to 7. */
  static final ScaledIntegers NIBBLES = new Nibbles();

  /** Added to a float below 2^22, leaves the nearest integer in the lowest bits of the sum. */
  private static final float ROUNDING = 0x1.8p23f;

  private final int largest;

  private ScaledIntegers(int largest) {
    this.largest = largest;
  }

  /** Writes the values, little-endian, from the start of the buffer. */
  void encode(float[] values, ByteBuffer into) {
    for (int first = 0; first < values.length; first += CHUNK) {
      int count = Math.min(CHUNK, values.length - first);
      float step = step(values, first, count);
      into.putFloat(step);
      quantise(values, first, count, step == 0 ? 0 : 1 / step, into);
    }
  }

  /** Reads values, little-endian, from the start of a chunk and of the buffer. */
  void decode(ByteBuffer from, float[] into, int first, int count) {
    for (int at = first; at < first + count; at += CHUNK) {
      float step = from.getFloat();
      restore(from, step, into, at, Math.min(CHUNK, first + count - at));
    }
  }

  private float step(float[] values, int first, int count) {
    float magnitude = 0;
    for (int i = first; i < first + count; i++) {
      magnitude = Math.max(magnitude, Math.abs(values[i])); // NaN if one of them is
    }
    float step = magnitude / largest;
    if (step < Float.MIN_NORMAL) {
      return 0;
    }
    if (!Float.isFinite(step)) {
      return Float.NaN;
    }
    // what is rounded up may lead beyond the largest float
    return Float.isFinite(step * largest) ? step : Math.nextDown(step);
  }

  private static int nearest(float steps) {
    return Float.floatToRawIntBits(steps + ROUNDING);
  }

  abstract void quantise(float[] values, int first, int count, float perStep, ByteBuffer into);

  abstract void restore(ByteBuffer from, float step, float[] into, int first, int count);

  private static final class Bytes extends ScaledIntegers {
    Bytes() {
      super(127);
    }

    @Override
    void quantise(float[] values, int first, int count, float perStep, ByteBuffer into) {
      int at = into.position();
      for (int i = 0; i < count; i++) {
        into.put(at + i, (byte) nearest(values[first + i] * perStep));
      }
      into.position(at + count);
    }

    @Override
    void restore(ByteBuffer from, float step, float[] into, int first, int count) {
      int at = from.position();
      for (int i = 0; i < count; i++) {
        into[first + i] = from.get(at + i) * step;
      }
      from.position(at + count);
    }
  }

  private static final class Nibbles extends ScaledIntegers {
    Nibbles() {
      super(7);
    }

    @Override
    void quantise(float[] values, int first, int count, float perStep, ByteBuffer into) {
      int at = into.position();
      int pairs = count / 2;
      for (int i = 0; i < pairs; i++) {
        int even = nearest(values[first + 2 * i] * perStep);
        int odd = nearest(values[first + 2 * i + 1] * perStep);
        into.put(at + i, (byte) (even & 0xf | odd << 4));
      }
      into.position(at + pairs);
      if (count % 2 == 1) {
        into.put((byte) (nearest(values[first + count - 1] * perStep) & 0xf));
      }
    }

    @Override
    void restore(ByteBuffer from, float step, float[] into, int first, int count) {
      int at = from.position();
      int pairs = count / 2;
      for (int i = 0; i < pairs; i++) {
        int both = from.get(at + i);
        into[first + 2 * i] = even(both) * step;
        into[first + 2 * i + 1] = (both >> 4) * step;
      }
      from.position(at + pairs);
      if (count % 2 == 1) {
        into[first + count - 1] = even(from.get()) * step;
      }
    }

    private static int even(int both) {
      return both << 28 >> 28;
    }
  }
}
