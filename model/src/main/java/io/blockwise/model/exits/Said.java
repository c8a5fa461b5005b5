package io.blockwise.model.exits;

/**
 * What a block's exit says of one row: scores, one per class and before any softmax, and the
 * probabilities that are their softmax at the exit's temperature. Immutable, as long as nobody
 * changes the arrays.
 */
public final class Said {
  private final float[] scores;
  private final double[] probabilities;

  private Said(float[] scores, double[] probabilities) {
    this.scores = scores;
    this.probabilities = probabilities;
  }

  /**
   * Of one row of a block's scores.
   *
   * @param all row-major {@code [rows, classes]}
   * @param temperature that scores are divided by, above 0
   */
  public static Said of(float[] all, int row, int classes, double temperature) {
    float[] scores = new float[classes];
    System.arraycopy(all, row * classes, scores, 0, classes);
    return new Said(scores, softmax(scores, temperature));
  }

  /** One per class; not to be changed. */
  public float[] scores() {
    return scores;
  }

  /** One per class, which sum up to 1; not to be changed. */
  public double[] probabilities() {
    return probabilities;
  }

  /** Probabilities of classes, which sum up to 1. */
  private static double[] softmax(float[] scores, double temperature) {
    double highest = scores[label(scores)];
    double[] probabilities = new double[scores.length];
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      probabilities[i] = Math.exp((scores[i] - highest) / temperature);
      sum += probabilities[i];
    }
    for (int i = 0; i < scores.length; i++) {
      probabilities[i] /= sum;
    }
    return probabilities;
  }

  /** The class of the highest score, of equal ones the first. */
  public int label() {
    return label(scores);
  }

  private static int label(float[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }

  /** The highest probability, from one over the number of classes to 1. */
  public double confidence() {
    return probabilities[label()];
  }

  /** Entropy of the probabilities over that of equal ones: from 0, when one is 1, to 1. */
  public double entropy() {
    double sum = 0;
    for (double p : probabilities) {
      sum -= p > 0 ? p * Math.log(p) : 0;
    }
    return Math.max(0, sum / Math.log(probabilities.length));
  }

  /** Cosine of the angle between the scores of two exits, -1..1; 0 if all scores of one are 0. */
  double cosine(Said other) {
    double product = 0;
    double own = 0;
    double others = 0;
    for (int i = 0; i < scores.length; i++) {
      product += (double) scores[i] * other.scores[i];
      own += (double) scores[i] * scores[i];
      others += (double) other.scores[i] * other.scores[i];
    }
    double lengths = Math.sqrt(own) * Math.sqrt(others);
    return lengths == 0 ? 0 : product / lengths;
  }
}
