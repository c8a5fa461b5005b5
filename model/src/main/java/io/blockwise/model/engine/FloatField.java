package io.blockwise.model.engine;

import io.blockwise.model.spec.Shape;

/**
 * Examples as {@code float}, row-major {@code [rows, channels, height, width]}, or {@code [rows,
 * units]}. Used by one thread at a time.
 */
public final class FloatField implements BatchField {
  private final Shape shape;
  private final int capacity;
  private final float[] values;

  /** Space for {@code capacity} examples. */
  public FloatField(Shape shape, int capacity) {
    this.shape = shape;
    this.capacity = capacity;
    this.values = new float[capacity * shape.elements()];
  }

  /** Shape of one example. */
  public Shape shape() {
    return shape;
  }

  @Override
  public int capacity() {
    return capacity;
  }

  /** The examples; example i starts at {@code i * shape().elements()}. */
  public float[] values() {
    return values;
  }
}
