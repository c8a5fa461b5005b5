package io.blockwise.model.averaging;

import io.blockwise.model.averaging.Clusters.Batch;
import io.blockwise.model.engine.TensorTable;
import java.util.Arrays;
import java.util.Random;

/**
 * A perceptron with a hidden layer of ReLUs and cross-entropy, trained by gradient descent on
 * batches.
 */
final class PerceptronBlock extends ArrayBlock {
  private static final int HIDDEN = 32;
  private static final int INPUTS = Clusters.INPUTS;
  private static final int CLASSES = Clusters.CLASSES;
  private static final TensorTable TENSORS =
      tensorsOf(HIDDEN * INPUTS, HIDDEN, CLASSES * HIDDEN, CLASSES);

  /** Where the tensors begin. */
  private static final int B1 = HIDDEN * INPUTS;

  private static final int W2 = B1 + HIDDEN;
  private static final int B2 = W2 + CLASSES * HIDDEN;

  private final float[] gradient = new float[TENSORS.length()];
  private final float[] hidden = new float[HIDDEN];
  private final float[] scores = new float[CLASSES];
  private final float[] error = new float[CLASSES];

  PerceptronBlock() {
    super(TENSORS.length(), NO_TENSORS, 0);
  }

  @Override
  public TensorTable parameters() {
    return TENSORS;
  }

  PerceptronBlock drawn(Random random) {
    for (int i = 0; i < B1; i++) {
      parameters[i] = (float) (random.nextGaussian() * Math.sqrt(2.0 / INPUTS));
    }
    for (int i = W2; i < B2; i++) {
      parameters[i] = (float) (random.nextGaussian() * Math.sqrt(1.0 / HIDDEN));
    }
    return this;
  }

  void step(Batch batch, double rate) {
    Arrays.fill(gradient, 0);
    for (int row = 0; row < batch.rows.length; row++) {
      addGradient(batch.rows[row], batch.labels[row], 1f / batch.rows.length);
    }
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] -= (float) rate * gradient[i];
    }
  }

  /** Rows that get their class, as a share of all. */
  double accuracy(Batch batch) {
    int right = 0;
    for (int row = 0; row < batch.rows.length; row++) {
      float[] scores = scores(batch.rows[row]);
      int best = 0;
      for (int c = 1; c < CLASSES; c++) {
        best = scores[c] > scores[best] ? c : best;
      }
      right += best == batch.labels[row] ? 1 : 0;
    }
    return (double) right / batch.rows.length;
  }

  /** Mean cross-entropy. */
  double loss(Batch batch) {
    double sum = 0;
    for (int row = 0; row < batch.rows.length; row++) {
      sum -= Math.log(probabilities(batch.rows[row])[batch.labels[row]]);
    }
    return sum / batch.rows.length;
  }

  private void addGradient(float[] row, int label, float weight) {
    float[] probabilities = probabilities(row);
    for (int c = 0; c < CLASSES; c++) {
      error[c] = weight * (probabilities[c] - (c == label ? 1 : 0));
      gradient[B2 + c] += error[c];
    }
    for (int h = 0; h < HIDDEN; h++) {
      if (hidden[h] > 0) {
        addGradientOfUnit(h, row);
      }
    }
  }

  private void addGradientOfUnit(int h, float[] row) {
    float back = 0;
    for (int c = 0; c < CLASSES; c++) {
      gradient[W2 + c * HIDDEN + h] += error[c] * hidden[h];
      back += error[c] * parameters[W2 + c * HIDDEN + h];
    }
    gradient[B1 + h] += back;
    for (int i = 0; i < INPUTS; i++) {
      gradient[h * INPUTS + i] += back * row[i];
    }
  }

  private float[] probabilities(float[] row) {
    float[] scores = scores(row);
    float largest = scores[0];
    for (float score : scores) {
      largest = Math.max(largest, score);
    }
    float sum = 0;
    for (int c = 0; c < CLASSES; c++) {
      scores[c] = (float) Math.exp(scores[c] - largest);
      sum += scores[c];
    }
    for (int c = 0; c < CLASSES; c++) {
      scores[c] /= sum;
    }
    return scores;
  }

  /** Leaves the hidden units' values in {@link #hidden}; the next call overwrites its answer. */
  private float[] scores(float[] row) {
    for (int h = 0; h < HIDDEN; h++) {
      float sum = parameters[B1 + h];
      for (int i = 0; i < INPUTS; i++) {
        sum += parameters[h * INPUTS + i] * row[i];
      }
      hidden[h] = Math.max(0, sum);
    }
    for (int c = 0; c < CLASSES; c++) {
      float sum = parameters[B2 + c];
      for (int h = 0; h < HIDDEN; h++) {
        sum += parameters[W2 + c * HIDDEN + h] * hidden[h];
      }
      scores[c] = sum;
    }
    return scores;
  }
}
