package io.blockwise.model.averaging;

import java.io.Serializable;
import java.util.Arrays;

/** Floats that never change. Equal by content (bit by bit). Immutable. */
public final class FloatVector implements Serializable {
  private static final long serialVersionUID = 1;
  static final FloatVector EMPTY = new FloatVector(new float[0]);

  private final float[] values;

  private FloatVector(float[] values) {
    this.values = values;
  }

  /** A vector with a copy of {@code values}. */
  public static FloatVector copyOf(float[] values) {
    return new FloatVector(values.clone());
  }

  /** Takes the array over without copying it; nobody may write to it from now on. */
  static FloatVector owning(float[] values) {
    return new FloatVector(values);
  }

  /** How many values. */
  public int length() {
    return values.length;
  }

  /** The value at {@code index}, from 0. */
  public float at(int index) {
    return values[index];
  }

  /** A copy of the values. */
  public float[] toArray() {
    return values.clone();
  }

  /** The values themselves, only to be read: vectors can have millions of values. */
  float[] shared() {
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
