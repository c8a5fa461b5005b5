package io.blockwise.model.engine;

import io.blockwise.model.spec.Shape;

/**
 * A batch on the host: examples as {@code float}, row-major {@code [rows, channels, height, width]}
 * (or {@code [rows, units]}), and their labels.
 *
 * <p>The arrays may be longer than the batch needs, so that one pair of arrays serves every batch.
 * Used by one thread at a time.
 */
public final class Batch {
  private final float[] inputs;
  private final int[] labels;
  private final Shape shape;
  private int rows;

  /** Space for {@code capacity} examples; holds none yet. */
  public Batch(Shape shape, int capacity) {
    this.shape = shape;
    this.inputs = new float[capacity * shape.elements()];
    this.labels = new int[capacity];
  }

  /** Shape of one example. */
  public Shape shape() {
    return shape;
  }

  /** Examples in the batch. */
  public int rows() {
    return rows;
  }

  /** Examples that fit. */
  public int capacity() {
    return labels.length;
  }

  /** Says how many of the leading examples are valid. */
  public void rows(int filled) {
    if (filled < 0 || filled > labels.length) {
      throw new IllegalArgumentException(
          "Invalid rows: " + filled + " (must be from 0 to " + labels.length + ")");
    }
    rows = filled;
  }

  /** The examples; example i starts at {@code i * shape().elements()}. */
  public float[] inputs() {
    return inputs;
  }

  /** Class ids from 0, one per example. */
  public int[] labels() {
    return labels;
  }
}
