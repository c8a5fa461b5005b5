package io.blockwise.job.svg;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Maps values to pixels along an axis whose marks are at round numbers. Immutable.
 *
 * @param from smallest value of the axis, a mark
 * @param step between two marks
 * @param marks at least 2
 */
record Scale(double from, double step, int marks, double firstPixel, double lastPixel) {
  /** Between two marks at least, in pixels. */
  private static final double ROOM = 40;

  private static final List<Double> ROUND = List.of(1.0, 2.0, 2.5, 5.0, 10.0);

  /** An axis that has room for both values; a little more where they are the same. */
  static Scale of(double least, double most, double firstPixel, double lastPixel) {
    double length = most > least ? most - least : Math.max(Math.abs(most), 1) / 2;
    double wanted = length / Math.max(2, Math.abs(lastPixel - firstPixel) / ROOM);
    double power = Math.pow(10, Math.floor(Math.log10(wanted)));
    double step =
        power * ROUND.stream().filter(round -> round * power >= wanted).findFirst().orElse(10.0);
    double from = Math.floor(least / step) * step;
    int marks = (int) Math.ceil((least + length - from) / step - 1e-9) + 1;
    return new Scale(from, step, Math.max(2, marks), firstPixel, lastPixel);
  }

  /** The same for whole numbers: no mark stands between two of them. */
  Scale whole() {
    if (step >= 1) {
      return this;
    }
    double least = Math.floor(from + 1e-9);
    double most = Math.ceil(from + step * (marks - 1) - 1e-9);
    return new Scale(least, 1, Math.max(2, (int) (most - least) + 1), firstPixel, lastPixel);
  }

  double pixel(double value) {
    return firstPixel + (value - from) / (step * (marks - 1)) * (lastPixel - firstPixel);
  }

  List<Double> values() {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < marks; i++) {
      values.add(from + i * step);
    }
    return values;
  }

  /** A mark's value with as many digits as the marks differ in. */
  String text(double value) {
    int digits = Math.max(0, (int) Math.ceil(-Math.log10(step) - 1e-9));
    boolean halves =
        Math.abs(step * Math.pow(10, digits) - Math.rint(step * Math.pow(10, digits))) > 1e-6;
    return String.format(Locale.ROOT, "%." + (halves ? digits + 1 : digits) + "f", value + 0.0);
  }
}
