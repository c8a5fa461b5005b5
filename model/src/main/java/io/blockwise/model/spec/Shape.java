package io.blockwise.model.spec;

import static io.blockwise.base.Checks.requireAtLeast;

import java.io.Serializable;
import java.util.List;

/**
 * Shape of one example (without the batch): a map {@code [channels, height, width]} or a vector
 * {@code [units]}.
 *
 * <p>Always true: one or three sizes, each at least 1. Immutable.
 *
 * @param sizes in the order above
 */
public record Shape(List<Integer> sizes) implements Serializable {
  public Shape {
    sizes = List.copyOf(sizes);
    if (sizes.size() != 1 && sizes.size() != 3) {
      throw new IllegalArgumentException(
          "Invalid shape: " + sizes + " (must be [units] or [channels, height, width])");
    }
    sizes.forEach(size -> requireAtLeast("shape", size, 1));
  }

  /** A map of {@code channels} planes. */
  public static Shape map(int channels, int height, int width) {
    return new Shape(List.of(channels, height, width));
  }

  /** A vector. */
  public static Shape vector(int units) {
    return new Shape(List.of(units));
  }

  /** Whether this is a map with height and width. */
  public boolean isMap() {
    return sizes.size() == 3;
  }

  /** Channels of a map, units of a vector. */
  public int channels() {
    return sizes.get(0);
  }

  /** Height of a map, 1 for a vector. */
  public int height() {
    return isMap() ? sizes.get(1) : 1;
  }

  /** Width of a map, 1 for a vector. */
  public int width() {
    return isMap() ? sizes.get(2) : 1;
  }

  /** Values per example. */
  public int elements() {
    return channels() * height() * width();
  }

  @Override
  public String toString() {
    return sizes.toString();
  }
}
