package io.blockwise.model.averaging;

import io.blockwise.model.engine.TensorTable;
import java.util.List;
import java.util.Random;

/**
 * A softmax classifier on inputs normalised per batch, trained by SGD with momentum: small, but
 * with everything that a real block has: parameters, running statistics, optimiser state.
 */
final class SoftmaxBlock extends ArrayBlock {
  static final int INPUTS = 5;
  static final int CLASSES = 3;

  private final boolean normalises;
  private final float momentum;

  private SoftmaxBlock(TensorTable statistics, float momentum) {
    super(CLASSES * (INPUTS + 1), statistics, CLASSES * (INPUTS + 1));
    this.normalises = statistics.length() > 0;
    this.momentum = momentum;
    if (normalises) {
      for (int i = 0; i < INPUTS; i++) {
        this.statistics[INPUTS + i] = 1;
      }
    }
  }

  static SoftmaxBlock withBatchNorm(float momentum) {
    return new SoftmaxBlock(
        new TensorTable(
            List.of(
                new TensorTable.Entry("layers.0.running_mean", List.of(INPUTS), 0),
                new TensorTable.Entry("layers.0.running_var", List.of(INPUTS), INPUTS))),
        momentum);
  }

  static SoftmaxBlock withoutBatchNorm(float momentum) {
    return new SoftmaxBlock(NO_TENSORS, momentum);
  }

  SoftmaxBlock drawn(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = (float) random.nextGaussian() / 4;
    }
    return this;
  }

  /** One step on rows of {@link #INPUTS} values each. */
  void step(float[][] rows, int[] labels, double learningRate) {
    float[][] inputs = normalises ? normalised(rows) : rows;
    float[] gradient = new float[parameters.length];
    for (int row = 0; row < inputs.length; row++) {
      float[] error = softmax(inputs[row]);
      error[labels[row]] -= 1;
      for (int c = 0; c < CLASSES; c++) {
        for (int i = 0; i < INPUTS; i++) {
          gradient[c * (INPUTS + 1) + i] += error[c] * inputs[row][i] / inputs.length;
        }
        gradient[c * (INPUTS + 1) + INPUTS] += error[c] / inputs.length;
      }
    }
    for (int i = 0; i < parameters.length; i++) {
      optimiser[i] = momentum * optimiser[i] + gradient[i];
      parameters[i] -= (float) learningRate * optimiser[i];
    }
  }

  private float[] softmax(float[] input) {
    float[] exponentials = new float[CLASSES];
    float sum = 0;
    for (int c = 0; c < CLASSES; c++) {
      float score = parameters[c * (INPUTS + 1) + INPUTS];
      for (int i = 0; i < INPUTS; i++) {
        score += parameters[c * (INPUTS + 1) + i] * input[i];
      }
      exponentials[c] = (float) Math.exp(score);
      sum += exponentials[c];
    }
    for (int c = 0; c < CLASSES; c++) {
      exponentials[c] /= sum;
    }
    return exponentials;
  }

  private float[][] normalised(float[][] rows) {
    float[][] out = new float[rows.length][INPUTS];
    for (int i = 0; i < INPUTS; i++) {
      float mean = 0;
      for (float[] row : rows) {
        mean += row[i] / rows.length;
      }
      float variance = 0;
      for (float[] row : rows) {
        variance += (row[i] - mean) * (row[i] - mean) / rows.length;
      }
      for (int row = 0; row < rows.length; row++) {
        out[row][i] = (rows[row][i] - mean) / (float) Math.sqrt(variance + 1e-5f);
      }
      statistics[i] = 0.9f * statistics[i] + 0.1f * mean;
      statistics[INPUTS + i] = 0.9f * statistics[INPUTS + i] + 0.1f * variance;
    }
    return out;
  }

  /** Seeded rows around a centre per class. */
  static float[][] rows(Random random, int[] labels) {
    float[][] rows = new float[labels.length][INPUTS];
    for (int row = 0; row < rows.length; row++) {
      for (int i = 0; i < INPUTS; i++) {
        rows[row][i] = (float) (random.nextGaussian() + (i == labels[row] ? 2 : 0));
      }
    }
    return rows;
  }

  static int[] labels(Random random, int count) {
    return random.ints(count, 0, CLASSES).toArray();
  }
}
