package io.blockwise.job.evaluation;

import io.blockwise.model.exits.ExitSweep;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What rows would gain and lose by leaving at the first block that is sure enough. */
final class ExitTable {
  private static final List<Integer> PERCENTS = List.of(99, 95, 90, 80, 70, 60, 50);

  private ExitTable() {}

  /** Prints accuracy and blocks per row by threshold, where there are several blocks. */
  static void print(PrintStream out, ExitSweep sweep) {
    if (sweep.blocks() < 2) {
      return;
    }
    List<Double> blocks =
        IntStream.rangeClosed(1, sweep.blocks()).mapToObj(k -> (double) k).toList();
    out.printf("%n  leaving at a confidence of      test  blocks per row%n");
    for (int percent : PERCENTS) {
      int place = ExitSweep.place(percent);
      out.printf(
          Locale.ROOT,
          "  %26.2f  %6.2f %%  %14.2f%n",
          ExitSweep.threshold(place),
          100.0 * sweep.correct(place) / sweep.rows(),
          sweep.cost(place, blocks));
    }
    out.flush();
  }
}
