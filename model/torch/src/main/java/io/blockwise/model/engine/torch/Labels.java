package io.blockwise.model.engine.torch;

import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * Labels of a batch's rows, on the host and on the device, and what the rows count. Thread-safe.
 */
final class Labels extends Shared {
  private final Host host;
  private final int[] values;
  private final float[] weights;
  private final Tensor classes;

  /**
   * Of one signal.
   *
   * @param values one per row
   * @param weights what each row counts, above 0; none if all count the same
   */
  Labels(Host host, int[] values, float... weights) {
    this.host = host;
    this.values = values;
    this.weights = weights;
    classes = kept(host.labels(values));
  }

  /** One per row; not to be changed. */
  int[] values() {
    return values;
  }

  /** One per row, or none; not to be changed. */
  float[] weights() {
    return weights;
  }

  /** Class ids {@code [rows]}. */
  Tensor classes() {
    return classes;
  }

  /**
   * What is made of the class ids.
   *
   * @param what names it among all that losses make
   */
  Tensor derived(String what, UnaryOperator<Tensor> ofClasses) {
    return derived(what, () -> ofClasses.apply(classes));
  }

  /**
   * What each row counts in a mean of rows that count by their own weight and by their class,
   * {@code [rows]}; together 1.
   *
   * @param ofClasses weight of each class, above 0; none if all count the same
   */
  Tensor shares(List<Double> ofClasses) {
    return derived(
        "shares by " + ofClasses,
        () -> {
          float[] shares = rowShares(ofClasses);
          return host.tensor(shares, shares.length, shares.length);
        });
  }

  private float[] rowShares(List<Double> ofClasses) {
    double sum = 0;
    for (int row = 0; row < values.length; row++) {
      sum += weight(row, ofClasses);
    }
    float[] shares = new float[values.length];
    for (int row = 0; row < values.length; row++) {
      shares[row] = (float) (weight(row, ofClasses) / sum);
    }
    return shares;
  }

  private double weight(int row, List<Double> ofClasses) {
    double ofClass = ofClasses.isEmpty() ? 1 : ofClasses.get(values[row]);
    return weights.length == 0 ? ofClass : weights[row] * ofClass;
  }

  /** The same labels for one more signal, which closes them, too. */
  Labels shared() {
    share();
    return this;
  }
}
