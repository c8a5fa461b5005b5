package io.blockwise.data.dataset;

import java.util.function.IntSupplier;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.PrimitiveConverter;

/** Numbers as one {@code float[]}, row after row, as many in each as there are columns. */
public final class NumberValues extends FieldValues {
  private final int columns;
  private final float[] numbers;
  private final boolean gaps;

  /** Numbers of the row that is read. */
  private int filled;

  /**
   * @param numbers those of row i start at {@code i * columns}
   * @param gaps whether some may be NaN, which are missing
   */
  public NumberValues(int columns, float[] numbers, boolean gaps) {
    this.columns = columns;
    this.numbers = numbers;
    this.gaps = gaps;
  }

  /** Numbers of which none is missing. */
  public NumberValues(int columns, float[] numbers) {
    this(columns, numbers, false);
  }

  /** Numbers in each row. */
  public int columns() {
    return columns;
  }

  /** All numbers; those of row i start at {@code i * columns()}. Not to be changed. */
  public float[] numbers() {
    return numbers;
  }

  @Override
  Converter unpacker(IntSupplier row) {
    PrimitiveConverter element =
        new PrimitiveConverter() {
          @Override
          public void addFloat(float value) {
            add(row.getAsInt(), value);
          }
        };
    return ParquetList.converter(
        element, () -> filled = 0, () -> requireCount(row.getAsInt(), filled));
  }

  private void add(int row, float value) {
    if (!Float.isFinite(value) && !(gaps && Float.isNaN(value))) {
      throw new IllegalStateException("row " + row + " has a number that is " + value);
    }
    if (filled == columns) {
      requireCount(row, filled + 1);
    }
    numbers[row * columns + filled++] = value;
  }

  private void requireCount(int row, int count) {
    if (count != columns) {
      throw new IllegalStateException(
          "row " + row + " has " + count + " numbers instead of " + columns);
    }
  }
}
