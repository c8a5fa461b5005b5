package io.blockwise.model.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.testing.RandomSeed;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TsneTest {
  @RegisterExtension final RandomSeed seed = new RandomSeed();

  private final Random random = seed.random();

  @Test
  void neighboursOfARowHaveTheEntropyOfThePerplexity() {
    double[] squared = new double[200];
    Arrays.setAll(squared, i -> i == 17 ? 0 : 1e6 * random.nextDouble());
    double[] shares = Affinities.neighbours(squared, 17, 30);
    double entropy = 0;
    for (double share : shares) {
      entropy -= share > 0 ? share * Math.log(share) : 0;
    }
    assertThat(Math.exp(entropy)).isCloseTo(30, within(1e-4));
    assertThat(shares[17]).isZero();
    assertThat(Arrays.stream(shares).sum()).isCloseTo(1, within(1e-12));
  }

  @Test
  void affinitiesAreSymmetricAndOneInAll() {
    double[][] affinities = Affinities.of(clusters(20), 5);
    double sum = 0;
    for (int i = 0; i < affinities.length; i++) {
      for (int j = 0; j < affinities.length; j++) {
        assertThat(affinities[i][j]).isEqualTo(affinities[j][i]);
        sum += affinities[i][j];
      }
    }
    assertThat(sum).isCloseTo(1, within(1e-9));
  }

  @Test
  void theGradientIsTheSlopeOfTheDivergence() {
    double[][] affinities = Affinities.of(clusters(5), 4);
    double[] points = new double[2 * affinities.length];
    Arrays.setAll(points, i -> 4 * random.nextDouble() - 2);
    double[] gradient = Tsne.gradient(affinities, points, 1);
    double largest = 0;
    for (int i = 0; i < points.length; i++) {
      double[] before = points.clone();
      double[] after = points.clone();
      before[i] -= 1e-5;
      after[i] += 1e-5;
      double slope = (divergence(affinities, after) - divergence(affinities, before)) / 2e-5;
      assertThat(gradient[i]).isCloseTo(slope, within(1e-7));
      largest = Math.max(largest, Math.abs(slope));
    }
    assertThat(largest).isGreaterThan(1e-2); // else any gradient would do
  }

  private static double divergence(double[][] affinities, double[] points) {
    int count = affinities.length;
    double[][] near = new double[count][count];
    double total = 0;
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        double x = points[i] - points[j];
        double y = points[count + i] - points[count + j];
        near[i][j] = i == j ? 0 : 1 / (1 + x * x + y * y);
        total += near[i][j];
      }
    }
    double divergence = 0;
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        double p = affinities[i][j];
        divergence += p > 0 ? p * Math.log(p * total / near[i][j]) : 0;
      }
    }
    return divergence;
  }

  @Test
  void rowsOfAClusterStayTogetherAndTheSeedDecidesThePicture() {
    FeatureRows rows = clusters(40);
    double[][] points = Tsne.of(rows, 10, 1);
    int right = 0;
    for (int i = 0; i < points.length; i++) {
      right += rows.label(nearest(points, i)) == rows.label(i) ? 1 : 0;
    }
    assertThat(right).isEqualTo(points.length);
    assertThat(Arrays.deepEquals(Tsne.of(rows, 10, 1), points)).isTrue();
    assertThat(Arrays.deepEquals(Tsne.of(rows, 10, 2), points)).isFalse();
  }

  private static int nearest(double[][] points, int to) {
    int nearest = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < points.length; i++) {
      double apart = Math.hypot(points[i][0] - points[to][0], points[i][1] - points[to][1]);
      if (i != to && apart < least) {
        least = apart;
        nearest = i;
      }
    }
    return nearest;
  }

  @Test
  void tooFewRowsForThePerplexityAreRefused() {
    assertThatThrownBy(() -> Tsne.of(clusters(10), 10, 1))
        .hasMessage("Invalid perplexity: 10 (must be below a third of the 30 rows)");
  }

  @Test
  void rowsThatAreAllTheSameGiveFinitePoints() {
    FeatureRows same = new FeatureRows(new float[3 * 40], 3, new int[40], 2);
    for (double[] point : Tsne.of(same, 5, 1)) {
      assertThat(point[0] + point[1]).isFinite();
    }
  }

  /** Three clusters far apart in ten dimensions, with so many rows each. */
  private FeatureRows clusters(int each) {
    float[] values = new float[3 * each * 10];
    int[] labels = new int[3 * each];
    for (int row = 0; row < labels.length; row++) {
      labels[row] = row % 3;
      for (int i = 0; i < 10; i++) {
        values[row * 10 + i] = (float) random.nextDouble() + (i == labels[row] ? 20 : 0);
      }
    }
    return new FeatureRows(values, 10, labels, 3);
  }
}
