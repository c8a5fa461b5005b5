package io.blockwise.model.averaging.table;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.model.engine.TensorTable;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a table is, and where it is among its block's parameters. Immutable.
 *
 * <p>Always true: its values and those before it are together at most {@link Integer#MAX_VALUE}.
 *
 * @param offset of its first value among the block's parameters
 * @param rows at least 0
 * @param width values in a row, at least 0
 */
public record TableShape(int offset, int rows, int width) implements Serializable {
  /** Of a block without a table. */
  static final TableShape NONE = new TableShape(0, 0, 0);

  public TableShape {
    requireAtLeast("offset", offset, 0);
    requireAtLeast("rows", rows, 0);
    requireAtLeast("width", width, 0);
    long end = offset + (long) rows * width;
    if (end > Integer.MAX_VALUE) {
      throw invalid("end of a table", end, "must be at most " + Integer.MAX_VALUE);
    }
  }

  /** That of the table among these tensors, if there is one. */
  static Optional<TableShape> of(TensorTable tensors) {
    return tensors.table().map(one -> new TableShape(one.offset(), one.rows(), one.width()));
  }

  /** Whether there is no table. */
  public boolean isNone() {
    return rows == 0;
  }

  /** Index of the first parameter behind it. */
  int end() {
    return offset + rows * width;
  }

  /** The numbers of all rows. */
  RowNumbers all() {
    int[] numbers = new int[rows];
    Arrays.setAll(numbers, i -> i);
    return RowNumbers.owning(numbers);
  }

  /** A row of the table among the parameters of a block. */
  float[] row(int number, float[] parameters) {
    int from = offset + number * width;
    return Arrays.copyOfRange(parameters, from, from + width);
  }

  /** The parameters of a block that are not of the table; all of them without one. */
  float[] others(float[] parameters) {
    if (isNone()) {
      return parameters;
    }
    int behind = parameters.length - end();
    float[] others = Arrays.copyOf(parameters, offset + behind);
    System.arraycopy(parameters, end(), others, offset, behind);
    return others;
  }

  /** Of the table among the parameters of a block. */
  int checkSum(float[] parameters) {
    CRC32C sum = new CRC32C();
    ByteBuffer row = ByteBuffer.allocate(width * Float.BYTES);
    for (int number = 0; number < rows; number++) {
      row.clear().asFloatBuffer().put(parameters, offset + number * width, width);
      sum.update(row);
    }
    return (int) sum.getValue();
  }
}
