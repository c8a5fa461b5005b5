package io.blockwise.data.learn;

import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.NumbersKind;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.progress.ReportedJob;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.spark.api.java.JavaRDD;

/**
 * Measures the mean and the standard deviation of every column of numbers over the rows of train
 * that have it. A column that is the same in all of them gets deviation 1. Rows stay as they are.
 * Immutable.
 */
public final class NumberMeasurer implements Learner {
  @Override
  public Learned learn(RowSchema raw, JavaRDD<byte[][]> train, ReportedJob first)
      throws ExecutionException, InterruptedException {
    RowSchema.Field<NumbersKind> numbers = raw.only(NumbersKind.class);
    List<String> columns = numbers.kind().columns();
    int count = columns.size();
    boolean gaps = numbers.kind().missingAsMean();
    Sums sums = new Sums(count);
    first.collect(train.mapPartitions(rows -> sums(rows, count))).forEach(sums::add);
    sums.requirePresent(columns);
    NumbersKind measured = new NumbersKind(columns, sums.mean(), sums.standardDeviation(), gaps);
    return new Measured(new RowSchema(Map.of(numbers.name(), measured)));
  }

  private static Iterator<Sums> sums(Iterator<byte[][]> rows, int columns) {
    Sums sums = new Sums(columns);
    rows.forEachRemaining(row -> sums.add(row[0]));
    return List.of(sums).iterator();
  }

  private record Measured(RowSchema schema) implements Learned {}

  /**
   * Sums and sums of squares per column, exact, so that the order of summation cannot show: whole
   * multiples of the smallest {@code float}, 2^-149, and of its square. No record, because it may
   * pass through Kryo. Used by one thread.
   */
  private static final class Sums implements Serializable {
    private static final long serialVersionUID = 1;
    private static final int FRACTION_BITS = 23;
    private static final int FRACTION = (1 << FRACTION_BITS) - 1;
    private static final BigDecimal UNIT = new BigDecimal(BigInteger.TWO.pow(149));
    private static final MathContext DIGITS = new MathContext(40);

    private final BigInteger[] sums;
    private final BigInteger[] squares;
    private final long[] present;

    /** All zero. */
    Sums(int columns) {
      sums = new BigInteger[columns];
      squares = new BigInteger[columns];
      present = new long[columns];
      Arrays.fill(sums, BigInteger.ZERO);
      Arrays.fill(squares, BigInteger.ZERO);
    }

    /** Adds the numbers of a row, floats of four bytes, but for NaN, which is none. */
    void add(byte[] row) {
      ByteBuffer numbers = ByteBuffer.wrap(row);
      for (int c = 0; c < sums.length; c++) {
        float value = numbers.getFloat();
        if (!Float.isNaN(value)) {
          BigInteger number = multiple(value);
          sums[c] = sums[c].add(number);
          squares[c] = squares[c].add(number.multiply(number));
          present[c]++;
        }
      }
    }

    /** Adds what was summed elsewhere. */
    void add(Sums other) {
      for (int c = 0; c < sums.length; c++) {
        sums[c] = sums[c].add(other.sums[c]);
        squares[c] = squares[c].add(other.squares[c]);
        present[c] += other.present[c];
      }
    }

    void requirePresent(List<String> columns) {
      for (int c = 0; c < present.length; c++) {
        if (present[c] == 0) {
          throw UserException.cannot(
              "take the mean of column " + Printable.of(columns.get(c)),
              "no row of train has a number in it",
              "leave it out of data.table.columns, or look at its name");
        }
      }
    }

    /** A finite number as a multiple of the smallest one. */
    private static BigInteger multiple(float number) {
      int bits = Float.floatToIntBits(Math.abs(number));
      int exponent = bits >>> FRACTION_BITS;
      int fraction = bits & FRACTION;
      BigInteger size =
          exponent == 0
              ? BigInteger.valueOf(fraction)
              : BigInteger.valueOf(fraction + FRACTION + 1).shiftLeft(exponent - 1);
      return number < 0 ? size.negate() : size;
    }

    List<Double> mean() {
      List<Double> means = new ArrayList<>();
      for (int c = 0; c < sums.length; c++) {
        BigDecimal count = UNIT.multiply(BigDecimal.valueOf(present[c]));
        means.add(new BigDecimal(sums[c]).divide(count, DIGITS).doubleValue());
      }
      return means;
    }

    /** Standard deviation of the population; 1 where it is zero. */
    List<Double> standardDeviation() {
      List<Double> deviations = new ArrayList<>();
      for (int c = 0; c < sums.length; c++) {
        BigInteger count = BigInteger.valueOf(present[c]);
        BigDecimal scale = UNIT.multiply(new BigDecimal(count));
        BigInteger scaled = count.multiply(squares[c]).subtract(sums[c].multiply(sums[c]));
        deviations.add(
            scaled.signum() == 0
                ? 1
                : new BigDecimal(scaled).sqrt(DIGITS).divide(scale, DIGITS).doubleValue());
      }
      return deviations;
    }
  }
}
