package io.blockwise.model.engine.dl4j;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Space that is made larger where a larger array is asked for. Arrays are views of its beginning,
 * and kept, since even a view costs native memory. Used by one thread at a time.
 */
final class Slab {
  private final DataType type;
  private final float fill;
  private final Map<Key, INDArray> views = new HashMap<>();
  private INDArray whole;

  /**
   * Empty space.
   *
   * @param fill of new space; of space that was used before the content is undefined
   */
  Slab(DataType type, float fill) {
    this.type = type;
    this.fill = fill;
  }

  /** Elements that an array may have. */
  long length() {
    return whole == null ? 0 : whole.length();
  }

  /** Elements of an array. */
  static long length(long... shape) {
    long length = 1;
    for (long size : shape) {
      length = Math.multiplyExact(length, size);
    }
    return length;
  }

  /** Whether an array lies in it. */
  boolean holds(INDArray array) {
    return whole != null && whole.data().address() == array.data().address();
  }

  /** The array of a shape, in c order. The first one that is too large makes all others void. */
  INDArray view(long... shape) {
    INDArray view = views.get(new Key(shape));
    return view != null ? view : create(shape);
  }

  private INDArray create(long... shape) {
    long length = length(shape);
    if (length() < length) {
      release();
      whole = Nd4j.valueArrayOf(new long[] {length}, fill, type);
    }
    INDArray view = whole.get(NDArrayIndex.interval(0, length)).reshape('c', shape);
    views.put(new Key(shape.clone()), view);
    return view;
  }

  /** Frees the space. */
  void release() {
    views.clear();
    if (whole != null) {
      whole.close();
      whole = null;
    }
  }

  /** A shape as a key: arrays compare by identity. */
  static final class Key {
    private final long[] shape;

    Key(long... shape) {
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
