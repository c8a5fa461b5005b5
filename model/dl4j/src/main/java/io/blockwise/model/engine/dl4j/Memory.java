package io.blockwise.model.engine.dl4j;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Preallocated arrays of one block. A fresh array costs many times the operation that fills it, so
 * arrays are kept under a key and handed out again; a smaller batch gets a view of the larger
 * array.
 *
 * <p>Holds as many bytes as the largest request of each key. Used by one thread.
 */
final class Memory implements AutoCloseable {
  private final Map<String, Slab> slabs = new HashMap<>();
  private final Map<List<Object>, NativeOp> products = new HashMap<>();
  private final Map<INDArray, Map<Slab.Key, INDArray>> reshaped = new IdentityHashMap<>();

  /** The array kept under {@code key}, in {@code shape} (c order); its content is undefined. */
  INDArray take(String key, long... shape) {
    return take(key, DataType.FLOAT, shape);
  }

  /** The same, of another type of elements, which has to be the same at every request of a key. */
  INDArray take(String key, DataType type, long... shape) {
    return view(slabs.computeIfAbsent(key, k -> new Slab(type, 0)), shape);
  }

  private INDArray view(Slab slab, long... shape) {
    if (slab.length() < Slab.length(shape)) {
      reshaped.clear(); // its views would keep the smaller array alive
    }
    return slab.view(shape);
  }

  /** Space for a gradient of that shape that is not the space of {@code busy}: two take turns. */
  INDArray gradient(INDArray busy, long... shape) {
    Slab first = slabs.computeIfAbsent("gradient-1", k -> new Slab(DataType.FLOAT, 0));
    // Asked before taking: taking may replace a slab by a larger one.
    return take(first.holds(busy) ? "gradient-2" : "gradient-1", shape);
  }

  /** The same values in another shape. Kept, since even a view costs native memory. */
  INDArray as(INDArray array, long... shape) {
    Map<Slab.Key, INDArray> views = reshaped.computeIfAbsent(array, a -> new HashMap<>());
    INDArray view = views.get(new Slab.Key(shape));
    if (view == null) {
      view = array.reshape('c', shape);
      views.put(new Slab.Key(shape.clone()), view);
    }
    return view;
  }

  /** The operation that multiplies matrices and scales the product. */
  NativeOp product(boolean transposeA, boolean transposeB, double alpha) {
    return products.computeIfAbsent(
        List.of(transposeA, transposeB, alpha),
        key ->
            new NativeOp(
                "matmul", new double[] {alpha, 0}, transposeA ? 1 : 0, transposeB ? 1 : 0, 0));
  }

  /** A row of ones. */
  INDArray ones(long length) {
    return view(slabs.computeIfAbsent("ones", k -> new Slab(DataType.FLOAT, 1)), 1, length);
  }

  /** Frees all arrays at once, without waiting for the garbage collector. */
  @Override
  public void close() {
    slabs.values().forEach(Slab::release);
    reshaped.clear();
  }
}
