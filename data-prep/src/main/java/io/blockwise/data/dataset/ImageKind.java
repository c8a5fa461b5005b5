package io.blockwise.data.dataset;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * Images of one size: {@code channels * height * width} unsigned bytes, channel by channel.
 *
 * <p>Always true: mean and standard deviation have one value per channel, or none. Immutable.
 *
 * @param flippable whether a mirrored image still shows its class (false for digits and clothes)
 * @param mean per channel, over all pixels of train, on the scale 0..1; empty before they are known
 * @param standardDeviation likewise: of the population of all pixels (divided by their number),
 *     from exact integer sums
 */
@JsonTypeName("image")
public record ImageKind(
    ImageShape shape, boolean flippable, List<Double> mean, List<Double> standardDeviation)
    implements FieldKind {
  public ImageKind {
    mean = List.copyOf(mean);
    standardDeviation = List.copyOf(standardDeviation);
    if (!mean.isEmpty() || !standardDeviation.isEmpty()) {
      requireSize("mean", mean, shape.channels());
      requireSize("standard_deviation", standardDeviation, shape.channels());
    }
  }

  /** Images that were not measured yet. */
  public ImageKind(ImageShape shape, boolean flippable) {
    this(shape, flippable, List.of(), List.of());
  }

  @Override
  public Type column(String field) {
    return Types.required(PrimitiveTypeName.BINARY).named(field);
  }

  @Override
  public long rowBytes() {
    return shape.bytes();
  }

  /** Pixels hardly compress. */
  @Override
  public long expectedBytes(long rows, long rawBytes) {
    return rows * shape.bytes();
  }

  @Override
  public void write(byte[] value, RecordConsumer into) {
    into.addBinary(Binary.fromConstantByteArray(value));
  }

  @Override
  public ImageValues values(int rows) {
    return new ImageValues(shape, new byte[Math.multiplyExact(rows, shape.bytes())]);
  }

  @Override
  public boolean measured() {
    return !mean.isEmpty();
  }

  private static void requireSize(String name, List<?> values, int size) {
    if (values.size() != size) {
      throw new IllegalArgumentException(name + " has " + values.size() + " values, not " + size);
    }
  }
}
