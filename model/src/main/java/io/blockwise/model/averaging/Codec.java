package io.blockwise.model.averaging;

import io.blockwise.base.Names;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;

/**
 * How the values of a push are written, little-endian, one behind the other. Applies to what
 * workers send; what they receive is always {@link #FP32}. Thread-safe.
 */
public enum Codec {
  /** IEEE single precision, 4 bytes per value; loses nothing. */
  FP32(Float.BYTES) {
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
   * IEEE half precision, 2 bytes per value. Rounds to nearest even; finite values beyond 65504
   * saturate, and error feedback sends the rest with the next push.
   */
  FP16(Short.BYTES) {
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
  };

  private final int bytesPerValue;

  Codec(int bytesPerValue) {
    this.bytesPerValue = bytesPerValue;
  }

  /** The encoding of a name; one of a later version is refused with that reason. */
  public static Codec parse(String name) {
    return Names.parse("averaging.codec", Codec.class, name, "int8");
  }

  /** Bytes that one value takes. */
  public int bytesPerValue() {
    return bytesPerValue;
  }

  /** Whether values come back as they were, bit by bit. */
  public boolean isExact() {
    return this == FP32;
  }

  /** Writes the values into a new array of {@code values.length * bytesPerValue()} bytes. */
  byte[] encode(float[] values) {
    byte[] bytes = new byte[Math.multiplyExact(values.length, bytesPerValue)];
    encode(values, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    return bytes;
  }

  /** Reads {@code count} values from a buffer's position on into an array from {@code first} on. */
  void decode(ByteBuffer from, float[] into, int first, int count) {
    decodeLittleEndian(from.slice().order(ByteOrder.LITTLE_ENDIAN), into, first, count);
  }

  abstract void encode(float[] values, ByteBuffer littleEndian);

  abstract void decodeLittleEndian(ByteBuffer from, float[] into, int first, int count);
}
