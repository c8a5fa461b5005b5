package io.blockwise.model.features;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How near rows are to each other, as probabilities: normal around every row, as wide as makes the
 * perplexity, made symmetric. Thread-safe.
 */
final class Affinities {
  private static final int HALVINGS = 100;
  private static final double CLOSE = 1e-7;

  private Affinities() {}

  /** Symmetric, zero on the diagonal, 1 in all. */
  static double[][] of(FeatureRows rows, double perplexity) {
    int count = rows.rows();
    double[][] directed = new double[count][];
    IntStream.range(0, count)
        .parallel()
        .forEach(row -> directed[row] = neighbours(distances(rows, row), row, perplexity));
    double[][] affinities = new double[count][count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        affinities[i][j] = (directed[i][j] + directed[j][i]) / (2 * count);
      }
    }
    return affinities;
  }

  private static double[] distances(FeatureRows rows, int row) {
    double[] distances = new double[rows.rows()];
    Arrays.setAll(distances, other -> rows.squaredDistance(row, other));
    return distances;
  }

  /**
   * Shares of the other rows in the neighbourhood of one.
   *
   * @param squared distances from it
   */
  static double[] neighbours(double[] squared, int row, double perplexity) {
    double least = 0;
    double most = Double.POSITIVE_INFINITY;
    double mean = Arrays.stream(squared).average().orElse(0);
    double precision = mean == 0 ? 1 : 1 / mean; // of rows that are all the same, any does
    double[] shares = shares(squared, row, precision);
    for (int i = 0; i < HALVINGS; i++) {
      double excess = entropy(shares) - Math.log(perplexity);
      if (Math.abs(excess) < CLOSE) {
        break;
      }
      least = excess > 0 ? precision : least;
      most = excess > 0 ? most : precision;
      precision = Double.isInfinite(most) ? 2 * precision : (least + most) / 2;
      shares = shares(squared, row, precision);
    }
    return shares;
  }

  private static double[] shares(double[] squared, int row, double precision) {
    double nearest = Double.POSITIVE_INFINITY;
    for (int j = 0; j < squared.length; j++) {
      nearest = j == row ? nearest : Math.min(nearest, squared[j]);
    }
    double[] shares = new double[squared.length];
    double sum = 0;
    for (int j = 0; j < squared.length; j++) {
      shares[j] = j == row ? 0 : Math.exp(-precision * (squared[j] - nearest));
      sum += shares[j];
    }
    for (int j = 0; j < shares.length; j++) {
      shares[j] /= sum;
    }
    return shares;
  }

  private static double entropy(double[] shares) {
    return -Arrays.stream(shares).filter(share -> share > 0).map(s -> s * Math.log(s)).sum();
  }
}
