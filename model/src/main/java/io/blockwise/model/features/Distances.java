package io.blockwise.model.features;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Mean Euclidean distances of rows of the same and of other classes (methods §2j).
 *
 * <p>{@code intra} is the mean over classes of the mean over pairs of their rows, {@code inter} the
 * mean over classes of the mean over pairs of one of their rows and one of another class. A class
 * with fewer than two rows does not count for the first, one that has none, or all rows, not for
 * the second; a mean over no class is 0. Immutable.
 */
public record Distances(double intra, double inter) {
  /** {@code inter / intra}: the higher, the better classes are told apart, whatever the scale. */
  public double ratio() {
    return inter / intra;
  }

  /** Of rows as they are. */
  public static Distances ofRaw(FeatureRows rows) {
    return of(rows, lengths(rows), false);
  }

  /** Of rows divided by their 2-norm; a row of zeros stays one. */
  public static Distances ofNormalised(FeatureRows rows) {
    return of(rows, lengths(rows), true);
  }

  private static double[] lengths(FeatureRows rows) {
    return IntStream.range(0, rows.rows())
        .mapToDouble(row -> Math.sqrt(rows.product(row, row)))
        .toArray();
  }

  private static Distances of(FeatureRows rows, double[] lengths, boolean normalised) {
    // Summed row by row, so that the result does not depend on the number of threads.
    List<Sums> sums =
        IntStream.range(0, rows.rows())
            .parallel()
            .mapToObj(row -> sums(rows, row, lengths, normalised))
            .toList();
    int classes = rows.classes();
    double[] same = new double[classes];
    double[] others = new double[classes];
    int[] counts = new int[classes];
    for (int row = 0; row < rows.rows(); row++) {
      same[rows.label(row)] += sums.get(row).same();
      others[rows.label(row)] += sums.get(row).others();
      counts[rows.label(row)]++;
    }
    return new Distances(
        mean(same, counts, count -> count - 1L),
        mean(others, counts, count -> (long) rows.rows() - count));
  }

  /** Distances of a row to the other rows of its class, and to those of other classes. */
  private record Sums(double same, double others) {}

  private static Sums sums(FeatureRows rows, int row, double[] lengths, boolean normalised) {
    double same = 0;
    double others = 0;
    for (int other = 0; other < rows.rows(); other++) {
      if (other != row) {
        double distance = distance(rows, row, other, lengths, normalised);
        if (rows.label(other) == rows.label(row)) {
          same += distance;
        } else {
          others += distance;
        }
      }
    }
    return new Sums(same, others);
  }

  private static double distance(
      FeatureRows rows, int one, int other, double[] lengths, boolean normalised) {
    if (!normalised) {
      return Math.sqrt(rows.squaredDistance(one, other));
    }
    double a = lengths[one];
    double b = lengths[other];
    if (a == 0 || b == 0) {
      return a == b ? 0 : 1;
    }
    return Math.sqrt(Math.max(0, 2 - 2 * rows.product(one, other) / a / b));
  }

  /** Partners of a row, given how many rows its class has. */
  private interface Partners {
    long of(int count);
  }

  private static double mean(double[] sums, int[] counts, Partners partners) {
    double total = 0;
    int counted = 0;
    for (int c = 0; c < sums.length; c++) {
      long pairs = counts[c] * partners.of(counts[c]);
      if (pairs > 0) {
        total += sums[c] / pairs;
        counted++;
      }
    }
    return counted == 0 ? 0 : total / counted;
  }
}
