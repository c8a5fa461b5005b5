package io.blockwise.model.engine.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cross-entropy of softmax scores, mean over the rows, in nats. The scores are few, so it runs on
 * the host in double precision.
 */
final class SoftmaxCrossEntropy {
  private final int classes;
  private final Memory memory;
  private final double smoothing;
  private float[] host = new float[0];

  /**
   * What a batch gave.
   *
   * @param correct rows whose highest score is the label's
   * @param gradient of the loss by the scores
   */
  record Outcome(double loss, int correct, INDArray gradient) {}

  /**
   * @param smoothing share of every label that is spread evenly over all classes
   */
  SoftmaxCrossEntropy(int classes, Memory memory, double smoothing) {
    this.classes = classes;
    this.memory = memory;
    this.smoothing = smoothing;
  }

  /** Evaluates scores {@code [rows, classes]} against labels from 0 to classes - 1. */
  Outcome evaluate(INDArray scores, int[] labels) {
    int rows = (int) scores.size(0);
    if (host.length < rows * classes) {
      host = new float[rows * classes];
    }
    Maths.read(scores, host, 0);
    double loss = 0;
    int correct = 0;
    for (int row = 0; row < rows; row++) {
      int start = row * classes;
      int best = start;
      for (int i = start + 1; i < start + classes; i++) {
        best = host[i] > host[best] ? i : best;
      }
      correct += best - start == labels[row] ? 1 : 0;
      loss += row(start, host[best], start + labels[row], rows);
    }
    INDArray gradient = memory.take("scores-gradient", rows, classes);
    Maths.write(host, 0, gradient);
    return new Outcome(loss / rows, correct, gradient);
  }

  /** Loss of one row; replaces its scores by their gradient. */
  private double row(int start, double highest, int label, int rows) {
    double each = smoothing / classes;
    double score = (1 - smoothing) * (host[label] - highest);
    double sum = 0;
    for (int i = start; i < start + classes; i++) {
      score += each * (host[i] - highest);
      double e = Math.exp(host[i] - highest);
      sum += e;
      host[i] = (float) e;
    }
    for (int i = start; i < start + classes; i++) {
      double wanted = each + (i == label ? 1 - smoothing : 0);
      host[i] = (float) ((host[i] / sum - wanted) / rows);
    }
    return Math.log(sum) - score;
  }
}
