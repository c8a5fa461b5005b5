package io.blockwise.model.engine.dl4j;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastAddOp;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastMulOp;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastSubOp;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The few array operations that layers and losses share, all into arrays that exist. Matrices are
 * {@code [rows, columns]} in c order. Thread-safe as far as its arguments are.
 */
final class Maths {
  private Maths() {}

  /** {@code c = alpha op(a) op(b)}, where op transposes on request. */
  static void multiply(
      INDArray a,
      boolean transposeA,
      INDArray b,
      boolean transposeB,
      double alpha,
      Memory memory,
      INDArray c) {
    memory.product(transposeA, transposeB, alpha).run(NativeOp.in(a, b), c);
  }

  /**
   * Sum of each column times {@code scale} into {@code sums} {@code [1, columns]}.
   *
   * <p>Two levels of products with ones: libnd4j's reduction over rows is ten times slower, and one
   * level adds up to a million floats in a row, which loses a digit.
   *
   * @param matrix {@code groups * inner} rows
   */
  static void columnSums(INDArray matrix, long groups, double scale, Memory memory, INDArray sums) {
    long columns = matrix.size(1);
    long inner = matrix.size(0) / groups;
    INDArray wide = memory.as(matrix, groups, inner * columns);
    INDArray partial = memory.take("column-sums", 1, inner * columns);
    multiply(memory.ones(groups), false, wide, false, 1, memory, partial);
    INDArray narrow = memory.take("column-sums", inner, columns);
    multiply(memory.ones(inner), false, narrow, false, scale, memory, sums);
  }

  /** {@code out = matrix - row}, for every row. */
  static void subtractRow(INDArray matrix, INDArray row, INDArray out) {
    Nd4j.getExecutioner().exec(new BroadcastSubOp(matrix, row, out, 1));
  }

  /** {@code out = matrix + row}, for every row. */
  static void addRow(INDArray matrix, INDArray row, INDArray out) {
    Nd4j.getExecutioner().exec(new BroadcastAddOp(matrix, row, out, 1));
  }

  /** {@code out = matrix * row}, for every row. */
  static void multiplyRow(INDArray matrix, INDArray row, INDArray out) {
    Nd4j.getExecutioner().exec(new BroadcastMulOp(matrix, row, out, 1));
  }

  /** {@code y = y + alpha x}. */
  static void axpy(double alpha, INDArray x, INDArray y) {
    Nd4j.getBlasWrapper().level1().axpy(x.length(), alpha, x, y);
  }

  /** {@code out = 1 where x > 0, else 0}. */
  static void step(INDArray x, INDArray out) {
    Nd4j.getExecutioner().exec(new Step(x, out, 0.0));
  }

  /** Copies host values into an array in its own order. */
  static void write(float[] from, int offset, INDArray to) {
    pointer(to).put(from, offset, Math.toIntExact(to.length()));
    Nd4j.getAffinityManager().tagLocation(to, AffinityManager.Location.HOST);
  }

  /** Copies an array out in its own order. */
  static void read(INDArray from, float[] to, int offset) {
    Nd4j.getExecutioner().commit();
    Nd4j.getAffinityManager().ensureLocation(from, AffinityManager.Location.HOST);
    pointer(from).get(to, offset, Math.toIntExact(from.length()));
  }

  /** Copies values from one array to another, both in their own order. */
  static void copy(INDArray from, long first, INDArray to, long at, long count) {
    Nd4j.getExecutioner().commit();
    Nd4j.getAffinityManager().ensureLocation(from, AffinityManager.Location.HOST);
    Nd4j.getAffinityManager().ensureLocation(to, AffinityManager.Location.HOST);
    FloatPointer source = pointer(from);
    FloatPointer target = pointer(to);
    source.position(source.position() + first).limit(source.position() + count);
    target.position(target.position() + at).put(source);
    Nd4j.getAffinityManager().tagLocation(to, AffinityManager.Location.HOST);
  }

  /** Copies whole numbers in. */
  static void write(int[] from, INDArray to) {
    new IntPointer(to.data().pointer()).position(to.offset()).put(from, 0, (int) to.length());
    Nd4j.getAffinityManager().tagLocation(to, AffinityManager.Location.HOST);
  }

  /** Copies some rows of a matrix out, one behind the other. */
  static void readRows(INDArray from, int[] rows, float[] to) {
    Nd4j.getExecutioner().commit();
    Nd4j.getAffinityManager().ensureLocation(from, AffinityManager.Location.HOST);
    int width = Math.toIntExact(from.size(1));
    for (int i = 0; i < rows.length; i++) {
      row(from, rows[i]).get(to, i * width, width);
    }
  }

  /** Copies some rows of a matrix in, which lie one behind the other. */
  static void writeRows(float[] from, int[] rows, INDArray to) {
    Nd4j.getExecutioner().commit();
    Nd4j.getAffinityManager().ensureLocation(to, AffinityManager.Location.HOST);
    int width = Math.toIntExact(to.size(1));
    for (int i = 0; i < rows.length; i++) {
      row(to, rows[i]).put(from, i * width, width);
    }
    Nd4j.getAffinityManager().tagLocation(to, AffinityManager.Location.HOST);
  }

  private static FloatPointer row(INDArray matrix, long row) {
    FloatPointer start = new FloatPointer(matrix.data().pointer());
    return start.position(matrix.offset() + row * matrix.size(1));
  }

  private static FloatPointer pointer(INDArray array) {
    FloatPointer start = new FloatPointer(array.data().pointer());
    return start.position(array.offset());
  }
}
