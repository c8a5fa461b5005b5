package io.blockwise.model.engine.torch;

import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Native memory that ends with a piece of work: every tensor that the calling thread makes
 * meanwhile is freed when the work is done, unless it is kept.
 */
final class Scope {
  private Scope() {}

  /** Does something that gives a value. */
  static <T> T get(Supplier<T> work) {
    PointerScope scope = new PointerScope();
    try {
      return work.get();
    } finally {
      scope.close();
    }
  }

  /** Does something. */
  static void run(Runnable work) {
    PointerScope scope = new PointerScope();
    try {
      work.run();
    } finally {
      scope.close();
    }
  }

  /** Takes a tensor out of the scope; whoever keeps it has to close it. */
  static Tensor keep(Tensor tensor) {
    return tensor.retainReference();
  }
}
