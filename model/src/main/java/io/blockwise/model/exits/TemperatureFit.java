package io.blockwise.model.exits;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the temperature of every exit under which its probabilities suit the labels of rows that
 * were held out: the least mean negative log-likelihood (Guo 2017). Sums over rows, so that parts
 * of the rows can be counted apart; temperatures from 0.05 to 20 are tried, and the best one is
 * refined between its neighbours. Used by one thread while it is filled.
 */
public final class TemperatureFit implements Tally<TemperatureFit> {
  private static final long serialVersionUID = 1;
  private static final int TRIED = 121;
  private static final double LEAST = Math.log(0.05);
  private static final double STEP = (Math.log(20) - LEAST) / (TRIED - 1);

  private final int blocks;
  private final double[] losses;

  /** Of no row yet. */
  public TemperatureFit(int blocks) {
    this.blocks = blocks;
    losses = new double[Math.multiplyExact(blocks, TRIED)];
  }

  @Override
  public void add(List<float[]> scores, int row, int classes, int label) {
    for (int k = 0; k < blocks; k++) {
      add(k, scores.get(k), row, classes, label);
    }
  }

  private void add(int block, float[] all, int row, int classes, int label) {
    int start = row * classes;
    double highest = Double.NEGATIVE_INFINITY;
    for (int i = start; i < start + classes; i++) {
      highest = Math.max(highest, all[i]);
    }
    double right = all[start + label] - highest;
    for (int t = 0; t < TRIED; t++) {
      double inverse = Math.exp(-(LEAST + t * STEP));
      double sum = 0;
      for (int i = start; i < start + classes; i++) {
        sum += Math.exp((all[i] - highest) * inverse);
      }
      losses[block * TRIED + t] += Math.log(sum) - right * inverse;
    }
  }

  @Override
  public TemperatureFit none() {
    return new TemperatureFit(blocks);
  }

  @Override
  public TemperatureFit plus(TemperatureFit other) {
    TemperatureFit sum = new TemperatureFit(blocks);
    for (int i = 0; i < losses.length; i++) {
      sum.losses[i] = losses[i] + other.losses[i];
    }
    return sum;
  }

  /** Temperature of every exit, from 0.05 to 20; 1 if there was no row. */
  public Temperatures temperatures() {
    List<Double> temperatures = new ArrayList<>();
    for (int k = 0; k < blocks; k++) {
      temperatures.add(temperature(k));
    }
    return new Temperatures(temperatures);
  }

  private double temperature(int block) {
    int at = block * TRIED;
    int best = 0;
    for (int t = 1; t < TRIED; t++) {
      best = losses[at + t] < losses[at + best] ? t : best;
    }
    if (losses[at + best] == 0 && losses[at] == 0) {
      return 1;
    }
    return Math.exp(LEAST + STEP * (best + vertex(at, best)));
  }

  /** Of the parabola through the best and its neighbours, from -0.5 to 0.5. */
  private double vertex(int at, int best) {
    if (best == 0 || best == TRIED - 1) {
      return 0;
    }
    double before = losses[at + best - 1] - losses[at + best];
    double behind = losses[at + best + 1] - losses[at + best];
    double bend = before + behind;
    return bend > 0 ? Math.max(-0.5, Math.min(0.5, 0.5 * (before - behind) / bend)) : 0;
  }
}
