package io.blockwise.job.evaluation;

import io.blockwise.model.artifact.Metrics;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Shows which classes the last block answers worst, and what it takes them for. */
final class ClassTable {
  private static final int LINES = 5;

  private ClassTable() {}

  /** Prints the worst classes that have a wrong answer, at most five; nothing if none has. */
  static void print(PrintStream out, List<String> classes, Metrics.TestFigures test) {
    int last = test.confusion().size() - 1;
    if (last < 0) {
      return;
    }
    List<Double> shares = test.classAccuracy().get(last);
    List<Integer> worst =
        IntStream.range(0, shares.size())
            .filter(label -> shares.get(label) != null && shares.get(label) < 1)
            .boxed()
            .sorted(Comparator.comparingDouble(shares::get))
            .limit(LINES)
            .toList();
    if (worst.isEmpty()) {
      return;
    }
    out.printf("%nClasses that block %d answers worst%n", last + 1);
    int width = worst.stream().mapToInt(label -> classes.get(label).length()).max().orElse(0);
    for (int label : worst) {
      List<Long> row = test.confusion().get(last).get(label);
      int other = mostFrequentOther(row, label);
      out.printf(
          Locale.ROOT,
          "  %-" + width + "s  %6.2f %%  most often taken for %s (%d of %d)%n",
          classes.get(label),
          100 * shares.get(label),
          classes.get(other),
          row.get(other),
          row.stream().mapToLong(Long::longValue).sum());
    }
  }

  private static int mostFrequentOther(List<Long> row, int label) {
    return IntStream.range(0, row.size())
        .filter(answer -> answer != label)
        .boxed()
        .max(Comparator.comparingLong(row::get).thenComparing(Comparator.reverseOrder()))
        .orElseThrow();
  }
}
