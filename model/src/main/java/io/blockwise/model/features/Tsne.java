package io.blockwise.model.features;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.base.SplitMix;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * t-SNE (van der Maaten and Hinton 2008), exact: rows as points in the plane, near ones near. For
 * illustration only; distances in the picture mean little.
 *
 * <p>The learning rate is Belkina et al.'s (2019), a twelfth of the rows; early exaggeration of 12
 * over a quarter of the steps, momentum 0.5 and then 0.8, gains as in the authors' code. Time and
 * memory grow with the square of the rows. Used by one thread, and gives the same numbers on any
 * number of cores.
 */
public final class Tsne {
  private static final int STEPS = 1000;
  private static final int EARLY = 250;
  private static final double EXAGGERATION = 12;
  private static final double LEAST_GAIN = 0.01;

  private final int count;
  private final double[][] affinities;

  /** First all horizontal coordinates, then all vertical ones. */
  private final double[] points;

  private final double[] velocity;
  private final double[] gains;

  private Tsne(double[][] affinities, long seed) {
    this.affinities = affinities;
    count = affinities.length;
    points = new double[2 * count];
    velocity = new double[2 * count];
    gains = new double[2 * count];
    SplitMix random = new SplitMix(seed);
    Arrays.setAll(points, i -> 1e-4 * random.bell());
    Arrays.fill(gains, 1);
  }

  /**
   * The points of rows.
   *
   * @param rows more than three times the perplexity
   * @param perplexity about how many neighbours a row has, at least 1
   * @return a pair of coordinates per row
   */
  public static double[][] of(FeatureRows rows, int perplexity, long seed) {
    requireAtLeast("perplexity", perplexity, 1);
    if (rows.rows() <= 3 * perplexity) {
      throw invalid(
          "perplexity", perplexity, "must be below a third of the " + rows.rows() + " rows");
    }
    Tsne tsne = new Tsne(Affinities.of(rows, perplexity), seed);
    for (int step = 0; step < STEPS; step++) {
      tsne.step(step < EARLY);
    }
    return tsne.pairs();
  }

  private void step(boolean early) {
    double[] gradient = gradient(affinities, points, early ? EXAGGERATION : 1);
    double rate = Math.max(50, count / EXAGGERATION / 4);
    double momentum = early ? 0.5 : 0.8;
    for (int i = 0; i < points.length; i++) {
      boolean turned = gradient[i] > 0 != velocity[i] > 0;
      gains[i] = Math.max(LEAST_GAIN, turned ? gains[i] + 0.2 : gains[i] * 0.8);
      velocity[i] = momentum * velocity[i] - rate * gains[i] * gradient[i];
      points[i] += velocity[i];
    }
  }

  /**
   * Gradient of the divergence of the points' affinities from the rows', {@code 4 sum_j (p_ij -
   * q_ij) (y_i - y_j) / (1 + |y_i - y_j|^2)}.
   *
   * @param affinities symmetric, 1 in all
   * @param exaggeration factor on them
   */
  static double[] gradient(double[][] affinities, double[] points, double exaggeration) {
    int count = affinities.length;
    double[] sums = new double[count];
    IntStream.range(0, count)
        .parallel()
        .forEach(
            i -> {
              for (int j = 0; j < count; j++) {
                sums[i] += i == j ? 0 : nearness(points, count, i, j);
              }
            });
    double total = Arrays.stream(sums).sum();
    double[] gradient = new double[2 * count];
    IntStream.range(0, count)
        .parallel()
        .forEach(
            i -> {
              for (int j = 0; j < count; j++) {
                double near = nearness(points, count, i, j);
                double pull = 4 * (exaggeration * affinities[i][j] - near / total) * near;
                gradient[i] += pull * (points[i] - points[j]);
                gradient[count + i] += pull * (points[count + i] - points[count + j]);
              }
            });
    return gradient;
  }

  private static double nearness(double[] points, int count, int i, int j) {
    double x = points[i] - points[j];
    double y = points[count + i] - points[count + j];
    return 1 / (1 + x * x + y * y);
  }

  private double[][] pairs() {
    double[][] pairs = new double[count][];
    Arrays.setAll(pairs, i -> new double[] {points[i], points[count + i]});
    return pairs;
  }
}
