package io.blockwise.model.engine.torch;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** Labels of a batch's rows, on the host and on the device. Thread-safe. */
final class Labels extends Shared {
  private final int[] values;
  private final Tensor classes;

  /** Of one signal. */
  Labels(Host host, int... values) {
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

  /** The same labels for one more signal, which closes them, too. */
  Labels shared() {
    share();
    return this;
  }
}
