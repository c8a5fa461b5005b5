package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Signal;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An activation in an array of its own, which goes back to where it came from when closed, and so
 * does the target that may come with it.
 */
final class NativeSignal implements Signal {
  private final Pool pool;
  private final INDArray activation;
  private final int[] labels;
  private Optional<NativeSignal> target = Optional.empty();
  private boolean finite = true;
  private boolean closed;

  private NativeSignal(Pool pool, INDArray activation, int[] labels) {
    this.pool = pool;
    this.activation = activation;
    this.labels = labels;
  }

  INDArray activation() {
    return activation;
  }

  /** What the block before hands on for the loss. */
  Optional<INDArray> target() {
    return target.map(NativeSignal::activation);
  }

  /** The same signal with a target, which it closes. Before it is handed on. */
  NativeSignal with(NativeSignal itsTarget) {
    target = Optional.of(itsTarget);
    return this;
  }

  /** Whether blocks may train on it. */
  boolean isFinite() {
    return finite;
  }

  /** The same signal, which blocks do not train on any more. Before it is handed on. */
  NativeSignal notFinite() {
    finite = false;
    return this;
  }

  @Override
  public int rows() {
    return labels.length;
  }

  @Override
  public int[] labels() {
    return labels;
  }

  @Override
  public Signal select(int[] rows) {
    Signal.requireRows(rows, rows());
    NativeSignal selected = pool.signal(Signal.labels(labels, rows));
    int elements = pool.shape.elements();
    Nd4j.pullRows(
        activation.reshape('c', rows(), elements),
        selected.activation.reshape('c', rows.length, elements),
        1,
        rows);
    selected.target = target.map(whole -> (NativeSignal) whole.select(rows));
    return selected;
  }

  @Override
  public Signal joined(List<Signal> others) {
    List<NativeSignal> all = new ArrayList<>(List.of(this));
    others.forEach(other -> all.add((NativeSignal) other));
    NativeSignal joined = pool.signal(Signal.labels(all));
    INDArray[] activations = all.stream().map(s -> s.activation).toArray(INDArray[]::new);
    try (INDArray copied = Nd4j.concat(0, activations)) {
      joined.activation.assign(copied);
    }
    return joined;
  }

  @Override
  public float[] toArray() {
    float[] values = new float[Math.toIntExact(activation.length())];
    Shape shape = pool.shape;
    if (!(shape instanceof Shape.FeatureMap)) {
      Maths.read(activation, values, 0);
      return values;
    }
    float[] channelsLast = new float[values.length];
    Maths.read(activation, channelsLast, 0);
    int positions = shape.elements() / shape.channels();
    for (int row = 0; row < rows(); row++) {
      transpose(channelsLast, values, row * shape.elements(), positions, shape.channels());
    }
    return values;
  }

  /** Sizes of an array of so many examples, as this engine lays them out: maps channels last. */
  static long[] sizes(long rows, Shape shape) {
    return shape instanceof Shape.FeatureMap map
        ? new long[] {rows, map.height(), map.width(), map.channels()}
        : new long[] {rows, shape.elements()};
  }

  /** Turns a {@code [rows, columns]} matrix at {@code offset} into its transpose. */
  static void transpose(float[] from, float[] to, int offset, int rows, int columns) {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        to[offset + column * rows + row] = from[offset + row * columns + column];
      }
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      pool.free.add(activation);
      target.ifPresent(NativeSignal::close);
    }
  }

  /** Arrays for signals of one shape. Thread-safe. */
  static final class Pool implements AutoCloseable {
    private final Shape shape;
    private final Queue<INDArray> free = new ConcurrentLinkedQueue<>();

    Pool(Shape shape) {
      this.shape = shape;
    }

    /** A signal with undefined activation. */
    NativeSignal signal(int[] labels) {
      INDArray array = free.poll();
      while (array != null && array.size(0) != labels.length) {
        array.close(); // a batch of another size: rare, so the memory is given back, not kept
        array = free.poll();
      }
      return new NativeSignal(this, array == null ? create(labels.length) : array, labels);
    }

    /** A signal with a copy of {@code activation}. */
    NativeSignal copy(INDArray activation, int[] labels) {
      NativeSignal signal = signal(labels);
      signal.activation.assign(activation);
      return signal;
    }

    /** Frees the arrays of closed signals. */
    @Override
    public void close() {
      for (INDArray array = free.poll(); array != null; array = free.poll()) {
        array.close();
      }
    }

    private INDArray create(long rows) {
      return Nd4j.create(DataType.FLOAT, sizes(rows, shape));
    }
  }
}
