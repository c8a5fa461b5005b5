package io.blockwise.model.averaging;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Floats that never change. Equal by content (bit by bit). Immutable. */
public final class FloatVector implements Serializable {
  private static final long serialVersionUID = 1;

  /** Of no value. */
  public static final FloatVector EMPTY = new FloatVector(new float[0]);

  private final float[] values;

  private FloatVector(float[] values) {
    this.values = values;
  }

  /** A vector with a copy of {@code values}. */
  public static FloatVector copyOf(float[] values) {
    return new FloatVector(values.clone());
  }

  /** Takes the array over without copying it; nobody may write to it from now on. */
  public static FloatVector owning(float[] values) {
    return new FloatVector(values);
  }

  /**
   * Reads little-endian values from buffers, one behind the other, and moves their positions on.
   *
   * @param from hold whole values each
   * @throws IllegalArgumentException if they hold fewer than {@code length} values
   */
  public static FloatVector read(Iterable<ByteBuffer> from, int length) {
    requireSoMany(from, length);
    float[] values = new float[length];
    int done = 0;
    for (ByteBuffer buffer : from) {
      FloatBuffer floats = littleEndian(buffer);
      int count = Math.min(floats.remaining(), length - done);
      floats.get(values, done, count);
      buffer.position(buffer.position() + count * Float.BYTES);
      done += count;
    }
    return new FloatVector(values);
  }

  // before there is room for them: the length is only what a message claims
  private static void requireSoMany(Iterable<ByteBuffer> from, int length) {
    long there = 0;
    for (ByteBuffer buffer : from) {
      there += buffer.remaining() / Float.BYTES;
    }
    if (length < 0 || there < length) {
      throw new IllegalArgumentException(
          "Cannot read " + length + " values: there are only " + there + " (the message is cut)");
    }
  }

  /** Writes {@code count} values from {@code first} on, little-endian, at the buffer's position. */
  public void write(int first, int count, ByteBuffer into) {
    littleEndian(into).put(values, first, count);
    into.position(into.position() + count * Float.BYTES);
  }

  private static FloatBuffer littleEndian(ByteBuffer buffer) {
    return buffer.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  /** How many values. */
  public int length() {
    return values.length;
  }

  /** The value at {@code index}, from 0. */
  public float at(int index) {
    return values[index];
  }

  /** The first values; these themselves if it has no others. */
  public FloatVector first(int length) {
    return length == values.length ? this : new FloatVector(Arrays.copyOf(values, length));
  }

  /** A copy of the values. */
  public float[] toArray() {
    return values.clone();
  }

  /** The values themselves, only to be read: vectors can have millions of values. */
  public float[] shared() {
    return values;
  }

  /** Whether no value is infinite or not a number. */
  public boolean isFinite() {
    boolean finite = true;
    for (float value : values) {
      finite &= Math.abs(value) <= Float.MAX_VALUE;
    }
    return finite;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FloatVector vector && Arrays.equals(values, vector.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  /** Names the length only. */
  @Override
  public String toString() {
    return values.length + " floats";
  }
}
