package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Pending;
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
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * An activation in space of its own, which goes back to where it came from when closed, and so does
 * that of the target that may come with it.
 */
final class NativeSignal implements Signal {
  private static final Pending<Boolean> FINITE = Pending.known(true);
  private static final Pending<Boolean> NOT_FINITE = Pending.known(false);

  private final Pool pool;
  private final Slab space;
  private final INDArray activation;
  private final BatchRows batch;
  private Optional<NativeSignal> target = Optional.empty();
  private Optional<NativeSignal> states = Optional.empty();
  private Pending<Boolean> finite = FINITE;
  private boolean closed;

  private NativeSignal(Pool pool, Slab space, BatchRows batch) {
    this.pool = pool;
    this.space = space;
    this.batch = batch;
    activation = space.view(batch.sizes(pool.shape));
  }

  INDArray activation() {
    return activation;
  }

  /** Final states of an LSTM that hands them on, {@code [rows, states]}. */
  Optional<INDArray> states() {
    return states.map(NativeSignal::activation);
  }

  /** The same signal with such states, which it closes. Before it is handed on. */
  NativeSignal withStates(NativeSignal itsStates) {
    states = Optional.of(itsStates);
    return this;
  }

  /** What it shares with all signals of its batch. */
  BatchRows batch() {
    return batch;
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

  /** Whether blocks may train on it; waits until the step that made it is complete. */
  boolean isFinite() {
    return finite.await();
  }

  /** The same signal, which blocks do not train on any more. Before it is handed on. */
  NativeSignal notFinite() {
    return finiteIf(NOT_FINITE);
  }

  /** The same signal, of which that is known later. Before it is handed on. */
  NativeSignal finiteIf(Pending<Boolean> known) {
    finite = known;
    return this;
  }

  @Override
  public int rows() {
    return batch.count();
  }

  @Override
  public int[] labels() {
    return batch.labels();
  }

  @Override
  public float[] weights() {
    return batch.weights();
  }

  @Override
  public Signal select(int[] rows) {
    Signal.requireRows(rows, rows());
    NativeSignal selected = pool.signal(batch.select(rows));
    Nd4j.pullRows(
        activation.reshape('c', rows(), -1),
        selected.activation.reshape('c', rows.length, -1),
        1,
        rows);
    selected.target = target.map(whole -> (NativeSignal) whole.select(rows));
    selected.states = states.map(whole -> (NativeSignal) whole.select(rows));
    return selected;
  }

  @Override
  public Signal joined(List<Signal> others) {
    List<NativeSignal> all = new ArrayList<>(List.of(this));
    others.forEach(other -> all.add((NativeSignal) other));
    return joined(all, BatchRows.joined(all));
  }

  private static NativeSignal joined(List<NativeSignal> all, BatchRows batch) {
    NativeSignal first = all.get(0);
    NativeSignal joined = first.pool.signal(batch);
    joined.activation.assign(0); // what is behind shorter texts
    long row = 0;
    for (NativeSignal one : all) {
      INDArray part = one.activation;
      joined
          .activation
          .get(
              NDArrayIndex.interval(row, row + part.size(0)),
              NDArrayIndex.interval(0, part.size(1)))
          .assign(part);
      row += part.size(0);
    }
    joined.states =
        first.states.map(
            states -> joined(all.stream().map(one -> one.states.orElseThrow()).toList(), batch));
    joined.target =
        first.target.map(
            target -> joined(all.stream().map(one -> one.target.orElseThrow()).toList(), batch));
    return joined;
  }

  @Override
  public Signal onBatch(long chance) {
    batch.chance(chance);
    return this;
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

  /**
   * Sizes of an array of so many examples, as this engine lays them out: maps channels last,
   * positions of texts, of which there are as many as the batch has, -1.
   */
  static long[] sizes(long rows, Shape shape) {
    if (shape instanceof Shape.FeatureMap map) {
      return new long[] {rows, map.height(), map.width(), map.channels()};
    }
    if (shape instanceof Shape.Sequence sequence) {
      return new long[] {rows, -1, sequence.features()};
    }
    return new long[] {rows, shape instanceof Shape.Tokens ? -1 : shape.elements()};
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
      pool.free.add(space);
      target.ifPresent(NativeSignal::close);
      states.ifPresent(NativeSignal::close);
    }
  }

  /** Space for signals of one shape. Thread-safe. */
  static final class Pool implements AutoCloseable {
    private final Shape shape;
    private final Queue<Slab> free = new ConcurrentLinkedQueue<>();

    Pool(Shape shape) {
      this.shape = shape;
    }

    /** A signal with undefined activation: floats, or ids of tokens. */
    NativeSignal signal(BatchRows batch) {
      long[] sizes = batch.sizes(shape);
      Slab space = free.poll();
      while (space != null && !fits(space, sizes)) {
        space.release(); // a batch of another size: rare, so the memory is given back, not kept
        space = free.poll();
      }
      return new NativeSignal(this, space == null ? new Slab(type(), 0) : space, batch);
    }

    /** Batches of texts differ in width, so that space for the widest serves all. */
    private boolean fits(Slab space, long... sizes) {
      long length = Slab.length(sizes);
      boolean fixed = shape instanceof Shape.FeatureMap || shape instanceof Shape.Vector;
      return fixed ? space.length() == length : space.length() >= length;
    }

    private DataType type() {
      return shape instanceof Shape.Tokens ? DataType.INT32 : DataType.FLOAT;
    }

    /** A signal with a copy of {@code activation}. */
    NativeSignal copy(INDArray activation, BatchRows batch) {
      NativeSignal signal = signal(batch);
      signal.activation.assign(activation);
      return signal;
    }

    /** Frees the space of closed signals. */
    @Override
    public void close() {
      for (Slab space = free.poll(); space != null; space = free.poll()) {
        space.release();
      }
    }
  }
}
