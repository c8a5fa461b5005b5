package io.blockwise.model.engine.torch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Tensors of a batch's rows, with what is made of them once for all blocks. The signals of a batch
 * share them; the last one that is closed frees them. Thread-safe.
 */
abstract class Shared implements AutoCloseable {
  private final List<Tensor> kept = new ArrayList<>();
  private final Map<String, Tensor> derived = new HashMap<>();
  private int holders = 1;

  /** A tensor of a scope from now on is one of these. */
  final synchronized Tensor kept(Tensor tensor) {
    kept.add(Scope.keep(tensor));
    return tensor;
  }

  /**
   * What is made of them, when it is first asked for.
   *
   * @param what names it among all that is made of them
   */
  final synchronized Tensor derived(String what, Supplier<Tensor> made) {
    Tensor known = derived.get(what);
    if (known == null) {
      known = Scope.keep(made.get()); // which may itself be made of others
      derived.put(what, known);
    }
    return known;
  }

  /** Counts one more signal, which closes them, too. */
  final synchronized void share() {
    holders++;
  }

  @Override
  public final synchronized void close() {
    holders--;
    if (holders == 0) {
      kept.forEach(Tensor::close);
      derived.values().forEach(Tensor::close);
      closeParts();
    }
  }

  /** Closes what is shared along with them. */
  void closeParts() {}
}
