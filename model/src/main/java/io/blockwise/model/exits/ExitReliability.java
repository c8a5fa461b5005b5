package io.blockwise.model.exits;

import java.util.List;

/**
 * How far the confidence of exits can be relied on, exit by exit: whether it is as often right as
 * it says (calibration error), and whether it is higher where it is right (AUROC), which is what
 * leaving early needs; an exit can be good at one and bad at the other. Used by one thread while it
 * is filled.
 */
public final class ExitReliability implements Tally<ExitReliability> {
  private static final long serialVersionUID = 1;

  /** Of the calibration error, as usual (Naeini 2015). */
  private static final int BINS = 15;

  /** Confidences within one are taken for equal; a multiple of {@link #BINS}. */
  private static final int FINE = 200 * BINS;

  private final int blocks;
  private final Temperatures temperatures;
  private final long[] right;
  private final long[] wrong;
  private final double[] confidences;

  /** Of no row yet. */
  public ExitReliability(int blocks, Temperatures temperatures) {
    this.blocks = blocks;
    this.temperatures = temperatures;
    right = new long[blocks * FINE];
    wrong = new long[blocks * FINE];
    confidences = new double[blocks * BINS];
  }

  @Override
  public void add(List<float[]> scores, int row, int classes, int label) {
    for (int k = 0; k < blocks; k++) {
      Said said = Said.of(scores.get(k), row, classes, temperatures.of(k));
      add(k, said.confidence(), said.label() == label);
    }
  }

  /** Counts what an exit, by its index, says of a row. */
  void add(int exit, double confidence, boolean isRight) {
    int fine = Math.min(FINE - 1, (int) (confidence * FINE));
    (isRight ? right : wrong)[exit * FINE + fine]++;
    confidences[exit * BINS + fine / (FINE / BINS)] += confidence;
  }

  @Override
  public ExitReliability plus(ExitReliability other) {
    ExitReliability sum = none();
    for (int i = 0; i < right.length; i++) {
      sum.right[i] = right[i] + other.right[i];
      sum.wrong[i] = wrong[i] + other.wrong[i];
    }
    for (int i = 0; i < confidences.length; i++) {
      sum.confidences[i] = confidences[i] + other.confidences[i];
    }
    return sum;
  }

  @Override
  public ExitReliability none() {
    return new ExitReliability(blocks, temperatures);
  }

  /**
   * Mean over the rows of the difference between confidence and share of right answers, in 15 bins
   * of equal width (ECE).
   *
   * @param exit index from 0
   * @return 0..1; NaN of no row
   */
  public double calibrationError(int exit) {
    double error = 0;
    long rows = 0;
    for (int bin = 0; bin < BINS; bin++) {
      long hits = 0;
      long misses = 0;
      for (int i = bin * (FINE / BINS); i < (bin + 1) * (FINE / BINS); i++) {
        hits += right[exit * FINE + i];
        misses += wrong[exit * FINE + i];
      }
      error += Math.abs(confidences[exit * BINS + bin] - hits);
      rows += hits + misses;
    }
    return error / rows;
  }

  /**
   * How likely a row that the exit answers right has a higher confidence than one that it answers
   * wrong, equal ones counted by half.
   *
   * @param exit index from 0
   * @return 0..1, of a confidence that says nothing 0.5; NaN if all answers are right or all wrong
   */
  public double auroc(int exit) {
    double pairs = 0;
    long below = 0;
    long hits = 0;
    for (int i = exit * FINE; i < (exit + 1) * FINE; i++) {
      pairs += right[i] * (below + wrong[i] / 2.0);
      below += wrong[i];
      hits += right[i];
    }
    return pairs / ((double) hits * below);
  }
}
