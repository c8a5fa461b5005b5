package io.blockwise.model.features;

import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requireWithin;

import java.util.Arrays;

/**
 * Outputs of one block with the classes of their rows. Immutable.
 *
 * <p>Always true: at least one row, and every class is below {@link #classes}.
 */
public final class FeatureRows {
  /** Of a value in float, a share that says nothing. */
  private static final double ROUNDING = 1e-6;

  private final float[] values;
  private final int width;
  private final int[] labels;
  private final int classes;

  /**
   * Keeps the arrays, which nobody may change afterwards.
   *
   * @param values row-major {@code [labels.length, width]}
   * @param width at least 1
   * @param labels class ids from 0, one per row
   */
  public FeatureRows(float[] values, int width, int[] labels, int classes) {
    requireAtLeast("width", width, 1);
    requireAtLeast("rows", labels.length, 1);
    requireAtLeast("values", values.length, Math.multiplyExact(labels.length, width));
    for (int label : labels) {
      requireWithin("label", label, 0, classes - 1);
    }
    this.values = values;
    this.width = width;
    this.labels = labels;
    this.classes = classes;
  }

  /** Number of rows. */
  public int rows() {
    return labels.length;
  }

  /** Values of a row. */
  public int width() {
    return width;
  }

  /** Classes of the data set, of which some may have no row here. */
  public int classes() {
    return classes;
  }

  /** Class of a row, from 0. */
  public int label(int row) {
    return labels[row];
  }

  /** How many rows are of a class below {@code ofClasses}. */
  public int rowsBelow(int ofClasses) {
    return (int) Arrays.stream(labels).filter(label -> label < ofClasses).count();
  }

  /** The leading rows whose class is below {@code ofClasses}, at most so many. */
  public FeatureRows leading(int most, int ofClasses) {
    float[] kept = new float[Math.multiplyExact(Math.min(most, rows()), width)];
    int[] theirs = new int[Math.min(most, rows())];
    int count = 0;
    for (int row = 0; row < rows() && count < most; row++) {
      if (labels[row] < ofClasses) {
        System.arraycopy(values, row * width, kept, count * width, width);
        theirs[count++] = labels[row];
      }
    }
    return new FeatureRows(kept, width, Arrays.copyOf(theirs, count), classes);
  }

  /** Of every value of a row, over all rows. */
  double[] means() {
    double[] means = new double[width];
    for (int i = 0; i < rows() * width; i++) {
      means[i % width] += (double) values[i] / rows();
    }
    return means;
  }

  /** Standard deviations of the values from their means; 1 where a value is the same everywhere. */
  double[] deviations(double[] means) {
    double[] deviations = new double[width];
    for (int i = 0; i < rows() * width; i++) {
      double apart = values[i] - means[i % width];
      deviations[i % width] += apart * apart / rows();
    }
    for (int i = 0; i < width; i++) {
      double deviation = Math.sqrt(deviations[i]);
      // The mean of equal values is rounded, so that they lie beside it by as little.
      deviations[i] = deviation <= ROUNDING * Math.abs(means[i]) ? 1 : deviation;
    }
    return deviations;
  }

  /** Copies a row in units of deviations from means. */
  void copyStandardised(int row, double[] means, double[] deviations, float[] into, int at) {
    for (int i = 0; i < width; i++) {
      into[at + i] = (float) ((values[row * width + i] - means[i]) / deviations[i]);
    }
  }

  /** Scalar product of two rows, in double precision. */
  double product(int one, int other) {
    double sum = 0;
    int a = one * width;
    int b = other * width;
    for (int i = 0; i < width; i++) {
      sum += (double) values[a + i] * values[b + i];
    }
    return sum;
  }

  /** Squared Euclidean distance of two rows. */
  double squaredDistance(int one, int other) {
    double sum = 0;
    int a = one * width;
    int b = other * width;
    for (int i = 0; i < width; i++) {
      double apart = (double) values[a + i] - values[b + i];
      sum += apart * apart;
    }
    return sum;
  }
}
