package io.blockwise.model.averaging;

import io.blockwise.base.Names;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/**
 * How the values of a push are written, little-endian, one behind the other. Applies to what
 * workers send; what they receive is always {@link #FP32}. Thread-safe.
 */
public enum Codec {
  /** IEEE single precision, 4 bytes per value; loses nothing. */
  FP32(Float.BYTES) {
    @Override
    public byte[] encode(float[] values) {
      byte[] bytes = new byte[Math.multiplyExact(values.length, Float.BYTES)];
      floats(bytes).put(values);
      return bytes;
    }

    @Override
    void decode(byte[] bytes, float[] into) {
      floats(bytes).get(into);
    }

    private FloatBuffer floats(byte[] bytes) {
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }
  },

  /**
   * IEEE half precision, 2 bytes per value. Rounds to nearest even; finite values beyond 65504
   * saturate, and error feedback sends the rest with the next push.
   */
  FP16(Short.BYTES) {
    @Override
    public byte[] encode(float[] values) {
      byte[] bytes = new byte[Math.multiplyExact(values.length, Short.BYTES)];
      ShortBuffer halves = shorts(bytes);
      for (int i = 0; i < values.length; i++) {
        halves.put(i, HalfFloats.of(values[i]));
      }
      return bytes;
    }

    @Override
    void decode(byte[] bytes, float[] into) {
      ShortBuffer halves = shorts(bytes);
      for (int i = 0; i < into.length; i++) {
        into[i] = HalfFloats.toFloat(halves.get(i));
      }
    }

    private ShortBuffer shorts(byte[] bytes) {
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
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

  /** Writes the values into a new array of {@code values.length * bytesPerValue()} bytes. */
  public abstract byte[] encode(float[] values);

  /** Reads exactly {@code into.length} values. */
  abstract void decode(byte[] bytes, float[] into);
}
