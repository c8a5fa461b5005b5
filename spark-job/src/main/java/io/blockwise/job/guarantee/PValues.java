package io.blockwise.job.guarantee;

import org.apache.commons.math3.distribution.BinomialDistribution;

/** How likely means as small as those observed are if what they are the means of is too large. */
final class PValues {
  private PValues() {}

  /**
   * Exact, for losses that are 0 or 1.
   *
   * @param losses ones among so many rows
   * @param bound on their expectation, within 0..1, that is doubted
   * @return the most likely that so few are if the expectation is above the bound
   */
  static double binomial(long losses, int rows, double bound) {
    return new BinomialDistribution(null, rows, bound)
        .cumulativeProbability(Math.toIntExact(losses));
  }

  /**
   * For losses anywhere from 0 to 1 (Hoeffding and Bentkus, as in Bates and others 2021).
   *
   * @param mean of so many rows, 0..1
   * @param bound on their expectation, within 0..1, that is doubted
   */
  static double hoeffdingBentkus(double mean, int rows, double bound) {
    double hoeffding = Math.exp(-rows * divergence(Math.min(mean, bound), bound));
    // a mean that rounding has put a little above a whole number of rows is that number
    long most = (long) Math.ceil(rows * mean - 1e-9 * rows);
    return Math.min(1, Math.min(hoeffding, Math.E * binomial(most, rows, bound)));
  }

  /** Kullback-Leibler divergence of two coins, in nats. */
  private static double divergence(double a, double b) {
    double heads = a == 0 ? 0 : a * Math.log(a / b);
    double tails = a == 1 ? 0 : (1 - a) * Math.log((1 - a) / (1 - b));
    return heads + tails;
  }
}
