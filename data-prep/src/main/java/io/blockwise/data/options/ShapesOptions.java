package io.blockwise.data.options;

import static io.blockwise.base.Checks.requireAtLeast;

/**
 * Size of the generated data set. Immutable.
 *
 * @param train images of train, validation included ({@code data.shapes.train}), at least 100
 * @param test images of test ({@code data.shapes.test}), at least 10
 */
public record ShapesOptions(int train, int test) {
  private static final int CLASSES = 10;
  private static final int LEAST_PER_CLASS = 10;

  public ShapesOptions {
    requireAtLeast("data.shapes.train", train, LEAST_PER_CLASS * CLASSES);
    requireAtLeast("data.shapes.test", test, CLASSES);
  }
}
