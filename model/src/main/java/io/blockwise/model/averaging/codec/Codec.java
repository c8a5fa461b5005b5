package io.blockwise.model.averaging.codec;

import io.blockwise.base.Names;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;

/**
 * How the values of a push are written, little-endian, one behind the other. Applies to what
 * workers send; what they receive is always {@link #FP32}. Messages say by its place in this list
 * which it is, so that a new one comes last. Thread-safe.
 *
 * <p>What an encoding loses stays with the worker, which sends it with the next push. Values that
 * are not finite are not finite afterwards, so that a ledger sees and refuses them.
 */
public enum Codec {
  /** IEEE single precision, 4 bytes per value; loses nothing. */
  FP32(32, 1) {
    @Override
    void encode(float[] values, ByteBuffer into) {
      into.asFloatBuffer().put(values);
    }

    @Override
    void decodeLittleEndian(ByteBuffer from, float[] into, int first, int count) {
      from.asFloatBuffer().get(into, first, count);
    }
  },

  /**
   * IEEE half precision, 2 bytes per value. Rounds to nearest even: normal values are off by 2^-11
   * of themselves at most, those below 2^-14 by 2^-25; finite values beyond 65504 saturate.
   */
  FP16(16, 1) {
    @Override
    void encode(float[] values, ByteBuffer into) {
      ShortBuffer halves = into.asShortBuffer();
      for (int i = 0; i < values.length; i++) {
        halves.put(i, HalfFloats.of(values[i]));
      }
    }

    @Override
    void decodeLittleEndian(ByteBuffer from, float[] into, int first, int count) {
      ShortBuffer halves = from.asShortBuffer();
      for (int i = 0; i < count; i++) {
        into[first + i] = HalfFloats.toFloat(halves.get(i));
      }
    }
  },

  /**
   * The upper half of single precision, 2 bytes per value. Rounds to nearest even: off by 2^-8 of
   * the value at most (2^-134 below 2^-126); finite values beyond 3.39e38 saturate.
   */
  BF16(16, 1) {
    @Override
    void encode(float[] values, ByteBuffer into) {
      ShortBuffer uppers = into.asShortBuffer();
      for (int i = 0; i < values.length; i++) {
        uppers.put(i, BrainFloats.of(values[i]));
      }
    }

    @Override
    void decodeLittleEndian(ByteBuffer from, float[] into, int first, int count) {
      ShortBuffer uppers = from.asShortBuffer();
      for (int i = 0; i < count; i++) {
        into[first + i] = BrainFloats.toFloat(uppers.get(i));
      }
    }
  },

  /**
   * Integers from -127 to 127 with one scale for 4,096 values, 1.001 bytes per value. Off by 1/254
   * of the largest magnitude among the 4,096 at most, but for the rounding of floats.
   */
  INT8(8, ScaledIntegers.CHUNK) {
    @Override
    void encode(float[] values, ByteBuffer into) {
      ScaledIntegers.BYTES.encode(values, into);
    }

    @Override
    void decodeLittleEndian(ByteBuffer from, float[] into, int first, int count) {
      ScaledIntegers.BYTES.decode(from, into, first, count);
    }
  },

  /**
   * Integers from -7 to 7 with one scale for 4,096 values, 0.501 bytes per value. Off by 1/14 of
   * the largest magnitude among the 4,096 at most, but for the rounding of floats.
   */
  INT4(4, ScaledIntegers.CHUNK) {
    @Override
    void encode(float[] values, ByteBuffer into) {
      ScaledIntegers.NIBBLES.encode(values, into);
    }

    @Override
    void decodeLittleEndian(ByteBuffer from, float[] into, int first, int count) {
      ScaledIntegers.NIBBLES.decode(from, into, first, count);
    }
  };

  private final int bitsPerValue;
  private final int valuesOfUnit;

  Codec(int bitsPerValue, int valuesOfUnit) {
    this.bitsPerValue = bitsPerValue;
    this.valuesOfUnit = valuesOfUnit;
  }

  /** The encoding of a name. */
  public static Codec parse(String name) {
    return Names.parse("averaging.codec", Codec.class, name);
  }

  /** Bytes that so many values take, scales included. */
  public long bytes(int values) {
    long scales = valuesOfUnit == 1 ? 0 : (values + valuesOfUnit - 1L) / valuesOfUnit;
    return scales * Float.BYTES + ((long) values * bitsPerValue + Byte.SIZE - 1) / Byte.SIZE;
  }

  /** Whether values come back as they were, bit by bit. */
  public boolean isExact() {
    return this == FP32;
  }

  /** Values that can be read on their own, if they are so many from a multiple of it on. */
  int valuesOfUnit() {
    return valuesOfUnit;
  }

  /** Bytes of {@link #valuesOfUnit} values. */
  int bytesOfUnit() {
    return (int) bytes(valuesOfUnit);
  }

  /** Writes the values into a new array of {@code bytes(values.length)} bytes. */
  byte[] encode(float[] values) {
    byte[] bytes = new byte[Math.toIntExact(bytes(values.length))];
    encode(values, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    return bytes;
  }

  /**
   * Reads {@code count} values from a buffer's position on into an array from {@code first} on. The
   * buffer is at the start of a unit and holds all of the values.
   */
  void decode(ByteBuffer from, float[] into, int first, int count) {
    decodeLittleEndian(from.slice().order(ByteOrder.LITTLE_ENDIAN), into, first, count);
  }

  abstract void encode(float[] values, ByteBuffer littleEndian);

  abstract void decodeLittleEndian(ByteBuffer from, float[] into, int first, int count);
}
