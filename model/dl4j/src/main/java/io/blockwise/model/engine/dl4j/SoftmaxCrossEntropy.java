package io.blockwise.model.engine.dl4j;

import io.blockwise.model.spec.ExitSpec;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cross-entropy of softmax scores, mean over the rows, which may count by their own weight and by
 * their class, in nats. The scores are few, so it runs on the host in double precision.
 */
final class SoftmaxCrossEntropy {
  private final int classes;
  private final Memory memory;
  private final double smoothing;
  private final List<Double> ofClasses;
  private float[] host = new float[0];

  /**
   * What a batch gave.
   *
   * @param correct rows whose highest score is the label's
   * @param gradient of the loss by the scores
   */
  record Outcome(double loss, int correct, INDArray gradient) {}

  /**
   * @param exit how labels are smoothed, and rows count by their class
   */
  SoftmaxCrossEntropy(int classes, Memory memory, ExitSpec exit) {
    this.classes = classes;
    this.memory = memory;
    smoothing = exit.labelSmoothing();
    ofClasses = exit.classWeights();
  }

  /**
   * Evaluates scores {@code [rows, classes]} against labels from 0 to classes - 1.
   *
   * @param weights what each row counts, above 0; none if all count the same
   */
  Outcome evaluate(INDArray scores, int[] labels, float... weights) {
    int rows = (int) scores.size(0);
    if (host.length < rows * classes) {
      host = new float[rows * classes];
    }
    Maths.read(scores, host, 0);
    double all = 0;
    for (int row = 0; row < rows; row++) {
      all += weight(row, labels, weights);
    }
    double loss = 0;
    int correct = 0;
    for (int row = 0; row < rows; row++) {
      int start = row * classes;
      int best = start;
      for (int i = start + 1; i < start + classes; i++) {
        best = host[i] > host[best] ? i : best;
      }
      correct += best - start == labels[row] ? 1 : 0;
      double weight = weight(row, labels, weights);
      loss += weight * row(start, host[best], start + labels[row], weight, all);
    }
    INDArray gradient = memory.take("scores-gradient", rows, classes);
    Maths.write(host, 0, gradient);
    return new Outcome(loss / all, correct, gradient);
  }

  private double weight(int row, int[] labels, float... weights) {
    double ofClass = ofClasses.isEmpty() ? 1 : ofClasses.get(labels[row]);
    return weights.length == 0 ? ofClass : weights[row] * ofClass;
  }

  /** Loss of one row; replaces its scores by their gradient, as much as its weight is of all. */
  private double row(int start, double highest, int label, double weight, double all) {
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
      host[i] = (float) ((host[i] / sum - wanted) * weight / all);
    }
    return Math.log(sum) - score;
  }
}
