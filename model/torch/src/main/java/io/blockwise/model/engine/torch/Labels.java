package io.blockwise.model.engine.torch;

import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * Labels of a batch's rows, on the host and on the device, with what losses make of them: once for
 * all blocks. The signals of a batch share them; the last one that is closed frees them.
 * Thread-safe.
 */
final class Labels implements AutoCloseable {
  private final int[] values;
  private final Tensor classes;
  private final Map<String, Tensor> derived = new HashMap<>();
  private int holders = 1;

  /** Of one signal. */
  Labels(Host host, int... values) {
    this.values = values;
    classes = Scope.keep(host.labels(values));
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
  synchronized Tensor derived(String what, UnaryOperator<Tensor> ofClasses) {
    return derived.computeIfAbsent(what, name -> Scope.keep(ofClasses.apply(classes)));
  }

  /** The same labels for one more signal, which closes them, too. */
  synchronized Labels shared() {
    holders++;
    return this;
  }

  @Override
  public synchronized void close() {
    holders--;
    if (holders == 0) {
      classes.close();
      derived.values().forEach(Tensor::close);
    }
  }
}
