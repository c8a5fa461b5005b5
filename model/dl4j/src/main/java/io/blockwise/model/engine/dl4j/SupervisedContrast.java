package io.blockwise.model.engine.dl4j;

import io.blockwise.model.spec.LossSpec.Divisor;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The supervised contrastive loss as a function of the Gram matrix of the embeddings (Khosla 2020,
 * "out" form; methods 2c).
 *
 * <pre>
 *   n_i = sqrt(S_ii)   c_ij = S_ij / (n_i n_j)   a_ij = c_ij / temperature
 *   q_ij = a_ij - ln sum_{m != i} exp(a_im)
 *   l_i = - sum_{j in Pos(i)} q_ij / divisor_i,   L = mean of l_i
 * </pre>
 *
 * <p>The gradient by the embeddings P is {@code W P} with {@code W_ij = H_ij / (n_i n_j)}, {@code
 * W_ii = - sum_j H_ij c_ij / n_i^2} and {@code H = (G + G^T) / temperature}, G being the gradient
 * by a: so two matrix products surround this class, which runs on the host. Used by one thread.
 */
final class SupervisedContrast {
  private static final double SMALLEST_NORM = 1e-12;

  private final double temperature;
  private final Divisor divisor;
  private float[] gram = new float[0];
  private float[] slope = new float[0];
  private double[] norm = new double[0];
  private int[] positives = new int[0];

  SupervisedContrast(double temperature, Divisor divisor) {
    this.temperature = temperature;
    this.divisor = divisor;
  }

  /**
   * The loss, mean over the anchors that count, in nats.
   *
   * @param matrix S, {@code [rows, rows]}; holds W afterwards
   * @param labels one per row
   */
  double evaluate(INDArray matrix, int[] labels) {
    int rows = (int) matrix.size(0);
    allocate(rows);
    Maths.read(matrix, gram, 0);
    normalise(rows);
    int anchors = countPositives(rows, labels);
    double loss = 0;
    for (int i = 0; i < rows; i++) {
      loss += anchor(i, rows, labels, anchors);
    }
    embeddingWeights(rows);
    Maths.write(gram, 0, matrix);
    return anchors == 0 ? 0 : loss / anchors;
  }

  private void allocate(int rows) {
    if (norm.length < rows) {
      gram = new float[rows * rows];
      slope = new float[rows * rows];
      norm = new double[rows];
      positives = new int[rows];
    }
  }

  /** Turns the Gram matrix into cosines. */
  private void normalise(int rows) {
    for (int i = 0; i < rows; i++) {
      norm[i] = Math.max(SMALLEST_NORM, Math.sqrt(gram[i * rows + i]));
    }
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        gram[i * rows + j] /= (float) (norm[i] * norm[j]);
      }
    }
  }

  /** Positives of every row; returns the number of rows over which the loss is averaged. */
  private int countPositives(int rows, int[] labels) {
    int withPositives = 0;
    for (int i = 0; i < rows; i++) {
      positives[i] = -1;
      for (int j = 0; j < rows; j++) {
        positives[i] += labels[j] == labels[i] ? 1 : 0;
      }
      withPositives += positives[i] > 0 ? 1 : 0;
    }
    return divisor == Divisor.AUTHORS ? rows : withPositives;
  }

  /** Loss of one anchor; writes its row of G. */
  private double anchor(int i, int rows, int[] labels, int anchors) {
    int start = i * rows;
    if (positives[i] == 0) {
      Arrays.fill(slope, start, start + rows, 0);
      return 0;
    }
    double highest = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < rows; j++) {
      highest = j == i ? highest : Math.max(highest, gram[start + j]);
    }
    double sum = 0;
    double positive = 0;
    for (int j = 0; j < rows; j++) {
      double shifted = (gram[start + j] - highest) / temperature;
      double e = j == i ? 0 : Math.exp(shifted);
      slope[start + j] = (float) e;
      sum += e;
      positive += j != i && labels[j] == labels[i] ? shifted : 0;
    }
    double divided = divisor == Divisor.AUTHORS ? positives[i] + 1 : positives[i];
    double pull = 1 / (divided * anchors);
    double push = positives[i] * pull / sum;
    for (int j = 0; j < rows; j++) {
      boolean attracts = j != i && labels[j] == labels[i];
      slope[start + j] = (float) (push * slope[start + j] - (attracts ? pull : 0));
    }
    return (positives[i] * Math.log(sum) - positive) / divided;
  }

  /** Turns cosines and G into W. */
  private void embeddingWeights(int rows) {
    for (int i = 0; i < rows; i++) {
      double along = 0;
      for (int j = 0; j < rows; j++) {
        double h = (slope[i * rows + j] + slope[j * rows + i]) / temperature;
        along += h * gram[i * rows + j];
        gram[i * rows + j] = (float) (h / (norm[i] * norm[j]));
      }
      gram[i * rows + i] = (float) (-along / (norm[i] * norm[i]));
    }
  }
}
