package io.blockwise.data.dataset;

import java.util.function.IntSupplier;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.PrimitiveConverter;

/** Weights of rows, one of each. */
public final class WeightValues extends FieldValues {
  private final float[] weights;

  /**
   * @param weights one per row
   */
  public WeightValues(float[] weights) {
    this.weights = weights;
  }

  /** What a row counts. */
  public float weight(int row) {
    return weights[row];
  }

  @Override
  Converter unpacker(IntSupplier row) {
    return new PrimitiveConverter() {
      @Override
      public void addFloat(float value) {
        if (!WeightKind.isWeight(value)) {
          throw new IllegalStateException("row " + row.getAsInt() + " has weight " + value);
        }
        weights[row.getAsInt()] = value;
      }
    };
  }
}
