package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Pace;
import io.blockwise.model.spec.OptimiserSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Adam of a table, for the rows that a batch reads: moments of other rows do not decay, and those
 * rows do not move (PyTorch's SparseAdam). State: the number of steps, first moments, second
 * moments. Used by one thread.
 */
final class LazyAdam implements AutoCloseable {
  private final OptimiserSpec.Adam spec;
  private final double rate;
  private final Memory memory;
  private final AdamStep adam;
  private final INDArray first;
  private final INDArray second;
  private long steps;

  /**
   * Moments that are 0.
   *
   * @param spec without weight decay
   * @param rate of the table over the spec's
   * @param rows of the table
   */
  LazyAdam(OptimiserSpec.Adam spec, double rate, long rows, long width, Memory memory) {
    this.spec = spec;
    this.rate = rate;
    this.memory = memory;
    adam = new AdamStep(spec);
    first = Nd4j.zeros(DataType.FLOAT, rows, width);
    second = Nd4j.zeros(DataType.FLOAT, rows, width);
  }

  /**
   * One step.
   *
   * @param table {@code [rows, width]}
   * @param ids of the rows that the batch reads, each once
   * @param gradient by those rows, which is overwritten
   */
  void step(INDArray table, int[] ids, INDArray gradient, Pace pace) {
    float[] host = new float[Math.toIntExact(gradient.length())];
    INDArray mean = rows("first", first, ids, host);
    INDArray square = rows("second", second, ids, host);
    INDArray moved = rows("table", table, ids, host);
    Pace its = new Pace(pace.rate() * rate, pace.noise());
    adam.take(gradient, mean, square, steps, spec.epsilon(), its);
    moved.subi(gradient);
    steps++;
    put(mean, ids, first, host);
    put(square, ids, second, host);
    put(moved, ids, table, host);
  }

  private INDArray rows(String key, INDArray of, int[] ids, float[] host) {
    Maths.readRows(of, ids, host);
    INDArray rows = memory.take("lazy." + key, ids.length, of.size(1));
    Maths.write(host, 0, rows);
    return rows;
  }

  private static void put(INDArray rows, int[] ids, INDArray into, float[] host) {
    Maths.read(rows, host, 0);
    Maths.writeRows(host, ids, into);
  }

  /** Values of its state. */
  int length() {
    return Math.toIntExact(1 + 2 * first.length());
  }

  /** Copies its state out, from {@code to} on. */
  void read(float[] into, int to) {
    into[to] = steps;
    Maths.read(first, into, to + 1);
    Maths.read(second, into, to + 1 + (int) first.length());
  }

  /** Copies its state in, from {@code at} on. */
  void adopt(float[] from, int at) {
    steps = (long) from[at];
    Maths.write(from, at + 1, first);
    Maths.write(from, at + 1 + (int) first.length(), second);
  }

  @Override
  public void close() {
    first.close();
    second.close();
  }
}
