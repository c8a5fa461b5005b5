package io.blockwise.data.dataset;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.blockwise.base.IfAbsent;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * Numbers, one of each column: as they stand in the raw data, rounded to {@code float} and not
 * standardised, so that what they are stays readable; all are finite, or NaN where they are missing
 * and may be.
 *
 * <p>Always true: at least one column, none twice; mean and standard deviation have one finite
 * value per column, or none, and deviations are above 0. Immutable.
 *
 * @param columns their names, in the order of the numbers
 * @param mean per column, over all rows of train that have it; empty before they are known
 * @param standardDeviation likewise: of the population of these rows (divided by their number); 1
 *     for a column that is the same in all of train, which tells nothing and so becomes 0
 * @param missingAsMean whether NaN stands for a number that is missing, which counts as the mean;
 *     not in the file if false
 */
@JsonTypeName("numbers")
public record NumbersKind(
    List<String> columns,
    List<Double> mean,
    List<Double> standardDeviation,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @IfAbsent("false") boolean missingAsMean)
    implements FieldKind {
  public NumbersKind {
    columns = List.copyOf(columns);
    mean = List.copyOf(mean);
    standardDeviation = List.copyOf(standardDeviation);
    if (columns.isEmpty() || new HashSet<>(columns).size() != columns.size()) {
      throw new IllegalArgumentException(
          "its columns are " + columns + " (must be at least one, and none twice)");
    }
    if (!mean.isEmpty() || !standardDeviation.isEmpty()) {
      requireNumbers("mean", mean, columns.size(), -Double.MAX_VALUE);
      requireNumbers("standard_deviation", standardDeviation, columns.size(), Math.nextUp(0.0));
    }
  }

  /** Numbers of which none is missing. */
  public NumbersKind(List<String> columns, List<Double> mean, List<Double> standardDeviation) {
    this(columns, mean, standardDeviation, false);
  }

  /** Numbers that were not measured yet. */
  public NumbersKind(List<String> columns, boolean missingAsMean) {
    this(columns, List.of(), List.of(), missingAsMean);
  }

  /** Likewise, of which none is missing. */
  public NumbersKind(List<String> columns) {
    this(columns, false);
  }

  /** Parquet's own list, which Spark reads as an array. */
  @Override
  public Type column(String field) {
    return ParquetList.column(field, PrimitiveTypeName.FLOAT);
  }

  @Override
  public long rowBytes() {
    return (long) Float.BYTES * columns.size();
  }

  /** Numbers hardly compress. */
  @Override
  public long expectedBytes(long rows, long rawBytes) {
    return rows * rowBytes();
  }

  /**
   * Writes a list.
   *
   * @param value floats of four bytes, high byte first, one per column
   */
  @Override
  public void write(byte[] value, RecordConsumer into) {
    ByteBuffer numbers = ByteBuffer.wrap(value);
    ParquetList.write(columns.size(), i -> into.addFloat(numbers.getFloat()), into);
  }

  @Override
  public NumberValues values(int rows) {
    float[] numbers = new float[Math.multiplyExact(rows, columns.size())];
    return new NumberValues(columns.size(), numbers, missingAsMean);
  }

  @Override
  public boolean measured() {
    return !mean.isEmpty();
  }

  private static void requireNumbers(String name, List<Double> values, int size, double least) {
    boolean fit = values.stream().allMatch(value -> Double.isFinite(value) && value >= least);
    if (values.size() != size || !fit) {
      throw new IllegalArgumentException(
          name + " is " + values + ", which are not " + size + " numbers of that kind");
    }
  }
}
