package io.blockwise.model.engine.dl4j;

import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

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
  private final Map<INDArray, Map<Key, INDArray>> reshaped = new IdentityHashMap<>();

  /** The array kept under {@code key}, in {@code shape} (c order); its content is undefined. */
  INDArray take(String key, long... shape) {
    return take(key, DataType.FLOAT, shape);
  }

  /** The same, of another type of elements, which has to be the same at every request of a key. */
  INDArray take(String key, DataType type, long... shape) {
    return slabs.computeIfAbsent(key, k -> new Slab(type, 0)).view(shape);
  }

  /** Space for a gradient of that shape that is not the space of {@code busy}: two take turns. */
  INDArray gradient(INDArray busy, long... shape) {
    Slab first = slabs.computeIfAbsent("gradient-1", k -> new Slab(DataType.FLOAT, 0));
    // Asked before taking: taking may replace a slab by a larger one.
    return take(first.holds(busy) ? "gradient-2" : "gradient-1", shape);
  }

  /** The same values in another shape. Kept, since even a view costs native memory. */
  INDArray as(INDArray array, long... shape) {
    Map<Key, INDArray> views = reshaped.computeIfAbsent(array, a -> new HashMap<>());
    INDArray view = views.get(new Key(shape));
    if (view == null) {
      view = array.reshape('c', shape);
      views.put(new Key(shape.clone()), view);
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
    Slab slab = slabs.computeIfAbsent("ones", k -> new Slab(DataType.FLOAT, 1));
    return slab.view(new long[] {1, length});
  }

  /** Frees all arrays at once, without waiting for the garbage collector. */
  @Override
  public void close() {
    slabs.values().forEach(Slab::release);
    reshaped.clear();
  }

  private final class Slab {
    private final DataType type;
    private final float fill;
    private final Map<Key, INDArray> views = new HashMap<>();
    private INDArray whole;

    Slab(DataType type, float fill) {
      this.type = type;
      this.fill = fill;
    }

    boolean holds(INDArray array) {
      return whole != null && whole.data().address() == array.data().address();
    }

    void release() {
      views.clear();
      if (whole != null) {
        whole.close();
        whole = null;
      }
    }

    INDArray view(long[] shape) {
      INDArray view = views.get(new Key(shape));
      return view != null ? view : create(shape);
    }

    private INDArray create(long[] shape) {
      long length = Arrays.stream(shape).reduce(1, Math::multiplyExact);
      if (whole == null || whole.length() < length) {
        release();
        reshaped.clear(); // its views would keep the smaller array alive
        whole = Nd4j.valueArrayOf(new long[] {length}, fill, type);
      }
      INDArray view = whole.get(NDArrayIndex.interval(0, length)).reshape('c', shape);
      views.put(new Key(shape.clone()), view);
      return view;
    }
  }

  /** A shape as a key: arrays compare by identity. */
  private static final class Key {
    private final long[] shape;

    Key(long[] shape) {
      this.shape = shape;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && Arrays.equals(shape, key.shape);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(shape);
    }
  }
}
