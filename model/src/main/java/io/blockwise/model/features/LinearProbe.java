package io.blockwise.model.features;

import io.blockwise.base.SplitMix;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import java.util.Arrays;

/**
 * Multinomial logistic regression on features, each in units of its deviation over the rows that
 * are learned from: what a linear layer makes of them. It is a network of one block, trained by the
 * engine: a batch norm, which leaves it linear, and the exit under cross-entropy. Used by one
 * thread.
 */
public final class LinearProbe implements AutoCloseable {
  private static final int LEAST_EPOCHS = 30;

  /** Few rows are learned from the more often. */
  private static final int LEAST_STEPS = 1000;

  private static final int BATCH = 256;

  private static final OptimiserSpec ADAM =
      new OptimiserSpec.Adam(1e-2, 0.9, 0.999, 1e-8, 0, 0, new ScheduleSpec.Cosine(0.01));

  private final double[] means;
  private final double[] deviations;
  private final DecoupledNetwork network;
  private final Batch batch;

  /**
   * Trains on rows.
   *
   * @param engine belongs to the probe from here on
   * @param rows at least 2
   * @param seed of first weights and of the order of the rows
   */
  public LinearProbe(Engine engine, FeatureRows rows, long seed) {
    means = rows.means();
    deviations = rows.deviations(means);
    NetworkSpec spec = NetworkSpec.linear(rows.width(), rows.classes(), ADAM);
    network = new DecoupledNetwork(engine, spec, seed);
    batch = new Batch(spec.input(), Math.min(BATCH, rows.rows()));
    train(rows, new SplitMix(seed));
  }

  private void train(FeatureRows rows, SplitMix random) {
    int[] order = new int[rows.rows()];
    Arrays.setAll(order, i -> i);
    int steps = rows.rows() / batch.capacity();
    int epochs = Math.max(LEAST_EPOCHS, LEAST_STEPS / steps);
    for (int epoch = 0; epoch < epochs; epoch++) {
      shuffle(order, random);
      for (int step = 0; step < steps; step++) {
        fill(rows, order, step * batch.capacity(), batch.capacity());
        double rate = ADAM.learningRateAt((epoch + (double) step / steps) / epochs);
        network.step(batch, block -> rate);
      }
    }
  }

  private static void shuffle(int[] order, SplitMix random) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.below(i + 1);
      int moved = order[i];
      order[i] = order[j];
      order[j] = moved;
    }
  }

  private void fill(FeatureRows rows, int[] order, int from, int count) {
    for (int i = 0; i < count; i++) {
      rows.copyStandardised(order[from + i], means, deviations, batch.inputs(), i * rows.width());
      batch.labels()[i] = rows.label(order[from + i]);
    }
    batch.rows(count);
  }

  /** Share of rows, of the same width, whose class it tells. */
  public double accuracy(FeatureRows rows) {
    int[] order = new int[rows.rows()];
    Arrays.setAll(order, i -> i);
    int correct = 0;
    for (int from = 0; from < order.length; from += batch.capacity()) {
      fill(rows, order, from, Math.min(batch.capacity(), order.length - from));
      correct += correct(network.scores(batch).get(0), rows.classes());
    }
    return correct / (double) rows.rows();
  }

  private int correct(float[] scores, int classes) {
    int correct = 0;
    for (int row = 0; row < batch.rows(); row++) {
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = scores[row * classes + c] > scores[row * classes + best] ? c : best;
      }
      correct += best == batch.labels()[row] ? 1 : 0;
    }
    return correct;
  }

  @Override
  public void close() {
    network.close();
  }
}
