package io.blockwise.job.prediction;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.FieldValues;
import io.blockwise.data.dataset.NumberValues;
import io.blockwise.data.dataset.NumbersKind;
import java.util.Arrays;
import java.util.List;

/** Numbers of a row, one per column. */
final class NumberReader implements FieldReader<float[], float[]> {
  private final NumbersKind kind;

  NumberReader(NumbersKind kind) {
    this.kind = kind;
  }

  @Override
  public float[] read(float[] numbers) {
    if (numbers.length != kind.columns().size()) {
      throw UserException.cannot(
          "answer a row",
          "it has " + numbers.length + " numbers",
          "give one for each of " + String.join(", ", kind.columns()));
    }
    for (int i = 0; i < numbers.length; i++) {
      if (!Float.isFinite(numbers[i])) {
        throw UserException.cannot(
            "answer a row",
            kind.columns().get(i) + " is " + numbers[i],
            "give a number, or leave the numbers out");
      }
    }
    return numbers;
  }

  @Override
  public float[] of(FieldValues values, int row) {
    NumberValues numbers = (NumberValues) values;
    return Arrays.copyOfRange(
        numbers.numbers(), row * numbers.columns(), (row + 1) * numbers.columns());
  }

  @Override
  public FieldValues values(List<float[]> rows) {
    int columns = kind.columns().size();
    float[] all = new float[rows.size() * columns];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, all, i * columns, columns);
    }
    return new NumberValues(columns, all);
  }
}
