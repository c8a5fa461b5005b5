package io.blockwise.job.prediction.bulk;

import io.blockwise.model.artifact.Exits;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.inference.ChiSquareTest;

/**
 * Whether rows leave elsewhere than those that a threshold was chosen by: then they are other rows,
 * and what was guaranteed of it says nothing of them (methods 2l).
 */
final class ExitDrift {
  /** Probability with which rows of the same kind are taken for others. */
  private static final double LEVEL = 0.001;

  /** Difference of the shares that is too small to matter, however sure it is. */
  private static final double SMALL = 0.02;

  private ExitDrift() {}

  /**
   * Says so in one line, if the shares differ by more than chance and by more than two points.
   *
   * @param leaving rows that every block has answered
   */
  static Optional<String> remark(Exits exits, long[] leaving) {
    List<Long> before = exits.leaving();
    if (before.isEmpty()) {
      return Optional.empty();
    }
    double largest = 0;
    int where = 0;
    for (int k = 0; k < leaving.length; k++) {
      double difference = Math.abs(share(before, k) - share(leaving, k));
      where = difference > largest ? k : where;
      largest = Math.max(largest, difference);
    }
    if (largest <= SMALL || pValue(before, leaving) >= LEVEL) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "Rows leave elsewhere than in calibration: block %d answers %.1f %%, there it was %.1f %%;"
                + " what was guaranteed may not hold of such rows (calibrate by rows like them)",
            where + 1,
            100 * share(leaving, where),
            100 * share(before, where)));
  }

  private static double pValue(List<Long> before, long[] leaving) {
    // an exit that nobody has left by says nothing
    int[] used =
        IntStream.range(0, leaving.length).filter(k -> before.get(k) + leaving[k] > 0).toArray();
    if (used.length < 2) {
      return 1;
    }
    long[] one = IntStream.of(used).mapToLong(before::get).toArray();
    long[] other = IntStream.of(used).mapToLong(k -> leaving[k]).toArray();
    return new ChiSquareTest().chiSquareTestDataSetsComparison(one, other);
  }

  private static double share(List<Long> rows, int exit) {
    return rows.get(exit) / (double) rows.stream().mapToLong(Long::longValue).sum();
  }

  private static double share(long[] rows, int exit) {
    return rows[exit] / (double) Math.max(1, Arrays.stream(rows).sum());
  }
}
