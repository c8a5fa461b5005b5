package io.blockwise.job.prediction;

import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.FieldValues;
import io.blockwise.data.dataset.NumberValues;
import io.blockwise.data.dataset.NumbersKind;
import java.util.Arrays;
import java.util.List;

/** Numbers of a row, one per column: {@code float[]} or {@code double[]}. */
final class NumberReader implements FieldReader<Object, float[]> {
  private final NumbersKind kind;

  NumberReader(NumbersKind kind) {
    this.kind = kind;
  }

  @Override
  public float[] read(Object raw) {
    float[] numbers = raw instanceof double[] doubles ? rounded(doubles) : (float[]) raw;
    if (numbers.length != kind.columns().size()) {
      throw UserException.cannot(
          "answer a row",
          "it has " + numbers.length + " numbers",
          "give one for each of " + String.join(", ", kind.columns()));
    }
    for (int i = 0; i < numbers.length; i++) {
      boolean gap = kind.missingAsMean() && Float.isNaN(numbers[i]);
      if (!Float.isFinite(numbers[i]) && !gap) {
        throw UserException.cannot(
            "answer a row",
            Printable.of(kind.columns().get(i))
                + (Float.isNaN(numbers[i]) ? " is missing (NaN)" : " is " + numbers[i]),
            "give a finite number");
      }
    }
    return numbers;
  }

  private static float[] rounded(double[] doubles) {
    float[] floats = new float[doubles.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) doubles[i];
    }
    return floats;
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
    return new NumberValues(columns, all, kind.missingAsMean());
  }
}
