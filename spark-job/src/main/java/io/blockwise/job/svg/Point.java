package io.blockwise.job.svg;

import static io.blockwise.base.Checks.invalid;

/**
 * A place in a plot. Immutable.
 *
 * <p>Always true: both coordinates are finite, and so is the deviation, which is not negative.
 *
 * @param deviation half the length of the error bar of {@code y}; 0 for none
 */
public record Point(double x, double y, double deviation) {
  public Point {
    if (!Double.isFinite(x + y + deviation) || deviation < 0) {
      throw invalid("point", x + ", " + y + " ± " + deviation, "must be finite numbers");
    }
  }

  /** Without an error bar. */
  public Point(double x, double y) {
    this(x, y, 0);
  }
}
