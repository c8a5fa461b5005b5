package io.blockwise.model.exits;

import static io.blockwise.base.Checks.requireWithin;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What leaving by {@linkplain ExitRule.Confidence confidence} would do to rows, threshold by
 * threshold of a grid that is fixed beforehand (methods 2l): infinity, under which no row leaves
 * early, then 0.99 down to 0.30. Used by one thread while it is filled.
 */
public final class ExitSweep implements Tally<ExitSweep> {
  private static final long serialVersionUID = 1;
  private static final int MOST_PERCENT = 99;
  private static final int LEAST_PERCENT = 30;

  /** Thresholds of the grid. */
  public static final int GRID = MOST_PERCENT - LEAST_PERCENT + 2;

  private final int blocks;
  private final Temperatures temperatures;
  private final long[] leaving;
  private final long[] losses;
  private final long[] correct;

  /** Of no row yet. */
  public ExitSweep(int blocks, Temperatures temperatures) {
    this.blocks = blocks;
    this.temperatures = temperatures;
    leaving = new long[GRID * blocks];
    losses = new long[GRID];
    correct = new long[GRID];
  }

  /** A threshold by its place in the grid, from 0; the first is infinite. */
  public static double threshold(int place) {
    return place == 0 ? Double.POSITIVE_INFINITY : (MOST_PERCENT + 1 - place) / 100.0;
  }

  /** The place of a threshold in the grid, by its hundredths from 30 to 99. */
  public static int place(int percent) {
    return MOST_PERCENT + 1 - requireWithin("percent", percent, LEAST_PERCENT, MOST_PERCENT);
  }

  /** Exits that there are. */
  public int blocks() {
    return blocks;
  }

  /** All thresholds, the first of which is infinite. */
  public static List<Double> thresholds() {
    return IntStream.range(0, GRID).mapToObj(ExitSweep::threshold).toList();
  }

  @Override
  public void add(List<float[]> scores, int row, int classes, int label) {
    List<Said> said = new ArrayList<>(blocks);
    for (float[] exit : scores) {
      said.add(Said.of(exit, row, classes, temperatures.of(said.size())));
    }
    add(said, label);
  }

  /**
   * Counts a row.
   *
   * @param said by every exit, first to last
   * @param label class of the row
   */
  public void add(List<Said> said, int label) {
    boolean full = said.get(blocks - 1).label() == label;
    int exit = blocks - 1;
    double[] confidences = said.stream().mapToDouble(Said::confidence).toArray();
    for (int place = 0; place < GRID; place++) {
      // the lower the threshold, the earlier the exit
      exit = first(confidences, threshold(place), exit);
      boolean right = said.get(exit).label() == label;
      leaving[place * blocks + exit]++;
      correct[place] += right ? 1 : 0;
      losses[place] += full && !right ? 1 : 0;
    }
  }

  private static int first(double[] confidences, double threshold, int latest) {
    for (int k = 0; k < latest; k++) {
      if (confidences[k] >= threshold) {
        return k;
      }
    }
    return latest;
  }

  @Override
  public ExitSweep plus(ExitSweep other) {
    ExitSweep sum = none();
    add(leaving, other.leaving, sum.leaving);
    add(losses, other.losses, sum.losses);
    add(correct, other.correct, sum.correct);
    return sum;
  }

  private static void add(long[] one, long[] other, long[] sum) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] = one[i] + other[i];
    }
  }

  @Override
  public ExitSweep none() {
    return new ExitSweep(blocks, temperatures);
  }

  /** Rows that were counted. */
  public long rows() {
    return IntStream.range(0, blocks).mapToLong(k -> leaving[k]).sum();
  }

  /** Rows that a block, from 1, answers under a threshold. */
  public long leaving(int place, int block) {
    return leaving[place * blocks + block - 1];
  }

  /** Rows that are answered wrong under a threshold, and right by the full path. */
  public long losses(int place) {
    return losses[place];
  }

  /** Rows that are answered right under a threshold. */
  public long correct(int place) {
    return correct[place];
  }

  /**
   * Mean cost of a row under a threshold.
   *
   * @param costs of a row that leaves at a block, first to last
   */
  public double cost(int place, List<Double> costs) {
    double sum = 0;
    for (int k = 0; k < blocks; k++) {
      sum += leaving[place * blocks + k] * costs.get(k);
    }
    return sum / rows();
  }
}
