package io.blockwise.model.engine.torch;

import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** Labels of a batch's rows, on the host and on the device. Thread-safe. */
final class Labels extends Shared {
  private final Host host;
  private final int[] values;
  private final Tensor classes;

  /** Of one signal. */
  Labels(Host host, int... values) {
    this.host = host;
    this.values = values;
    classes = kept(host.labels(values));
  }

  /** One per row; not to be changed. */
  int[] values() {
    return values;
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
   * What each row counts in a mean of rows that count by their class, {@code [rows]}; together 1.
   *
   * @param ofClasses weight of each class, above 0
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
    for (int label : values) {
      sum += ofClasses.get(label);
    }
    float[] shares = new float[values.length];
    for (int row = 0; row < values.length; row++) {
      shares[row] = (float) (ofClasses.get(values[row]) / sum);
    }
    return shares;
  }

  /** The same labels for one more signal, which closes them, too. */
  Labels shared() {
    share();
    return this;
  }
}
