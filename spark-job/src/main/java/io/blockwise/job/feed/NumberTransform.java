package io.blockwise.job.feed;

import io.blockwise.base.SplitMix;
import io.blockwise.data.dataset.FieldValues;
import io.blockwise.data.dataset.NumberValues;
import io.blockwise.model.artifact.InputField;
import io.blockwise.model.engine.BatchField;
import io.blockwise.model.engine.FloatField;
import io.blockwise.model.spec.Shape;

/**
 * Numbers of a row, standardised: {@code (value - mean) / std} per column, rounded to {@code float}
 * once. One that is missing (NaN) becomes 0, as the mean does. Not augmented. Immutable.
 */
final class NumberTransform implements FieldTransform {
  private static final long serialVersionUID = 1;

  private final double[] mean;
  private final double[] std;

  /**
   * @param numbers as the model reads them
   */
  NumberTransform(InputField.Numbers numbers) {
    this.mean = numbers.mean().stream().mapToDouble(Double::doubleValue).toArray();
    this.std = numbers.std().stream().mapToDouble(Double::doubleValue).toArray();
  }

  @Override
  public FloatField allocate(int capacity) {
    return new FloatField(Shape.vector(mean.length), capacity);
  }

  @Override
  public NumberTransform withoutAugmentation() {
    return this;
  }

  @Override
  public Class<NumberValues> values() {
    return NumberValues.class;
  }

  @Override
  public void requireFit(FieldValues values, int rows) {
    NumberValues found = (NumberValues) values;
    if (found.columns() != mean.length || found.numbers().length != rows * mean.length) {
      throw new IllegalArgumentException(
          "Invalid numbers: %d in rows of %d (must be %d rows of %d)"
              .formatted(found.numbers().length, found.columns(), rows, mean.length));
    }
  }

  @Override
  public void apply(FieldValues values, int row, SplitMix random, BatchField into, int at) {
    float[] numbers = ((NumberValues) values).numbers();
    float[] floats = ((FloatField) into).values();
    for (int c = 0; c < mean.length; c++) {
      double raw = numbers[row * mean.length + c];
      floats[at * mean.length + c] = Double.isNaN(raw) ? 0 : (float) ((raw - mean[c]) / std[c]);
    }
  }
}
