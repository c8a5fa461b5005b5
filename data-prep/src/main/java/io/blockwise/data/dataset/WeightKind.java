package io.blockwise.data.dataset;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.nio.ByteBuffer;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * How much a row counts in the losses that are means over rows: a finite number above 0, of which
 * only ratios matter. It belongs to the row as its label does, and no network reads it. Immutable.
 */
@JsonTypeName("weight")
public record WeightKind() implements FieldKind {
  @Override
  public Type column(String field) {
    return Types.required(PrimitiveTypeName.FLOAT).named(field);
  }

  @Override
  public long rowBytes() {
    return Float.BYTES;
  }

  /** Numbers hardly compress. */
  @Override
  public long expectedBytes(long rows, long rawBytes) {
    return rows * rowBytes();
  }

  /**
   * Writes a number.
   *
   * @param value a float of four bytes, high byte first
   */
  @Override
  public void write(byte[] value, RecordConsumer into) {
    into.addFloat(ByteBuffer.wrap(value).getFloat());
  }

  @Override
  public WeightValues values(int rows) {
    return new WeightValues(new float[rows]);
  }

  /** There is nothing to know. */
  @Override
  public boolean measured() {
    return true;
  }

  /** Whether a row can count so much. */
  public static boolean isWeight(float value) {
    return value > 0 && Float.isFinite(value);
  }
}
