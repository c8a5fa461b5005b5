package io.blockwise.job.evaluation;

import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.exits.ExitCosts;
import io.blockwise.model.exits.ExitSweep;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What rows would gain and lose by leaving at the first block that is sure enough. */
final class ExitTable {
  private static final List<Integer> PERCENTS = List.of(99, 95, 90, 80, 70, 60, 50);

  private ExitTable() {}

  /**
   * Prints, where there are several blocks, how far every exit can be relied on, and accuracy and
   * cost by threshold.
   */
  static void print(PrintStream out, ModelVersion version, TestTally counted) {
    int blocks = version.blocks().size();
    if (blocks < 2) {
      return;
    }
    ExitCosts costs = ExitCosts.of(version.description().network());
    printExits(out, version, counted, costs);
    printSweep(out, counted.sweep(), costs);
    out.flush();
  }

  private static void printExits(
      PrintStream out, ModelVersion version, TestTally counted, ExitCosts costs) {
    out.printf(
        "%n  exit      MFLOP  of full path  temperature  calibration error  AUROC of being right%n");
    for (int k = 0; k < version.blocks().size(); k++) {
      out.printf(
          Locale.ROOT,
          "  %4d  %9.3f  %10.1f %%  %11.3f  %15.2f %%  %20.3f%n",
          k + 1,
          costs.shortcut(k + 1) / 1e6,
          100.0 * costs.shortcut(k + 1) / costs.fullPath(),
          version.description().exits().divisors().of(k),
          100 * counted.reliability().calibrationError(k),
          counted.reliability().auroc(k));
    }
  }

  private static void printSweep(PrintStream out, ExitSweep sweep, ExitCosts costs) {
    List<Double> shares = costs.shares();
    String exits =
        String.join(
            "",
            IntStream.rangeClosed(1, sweep.blocks()).mapToObj("  exit %2d"::formatted).toList());
    out.printf("%n  leaving at a confidence of      test  of full path%s%n", exits);
    for (int percent : PERCENTS) {
      int place = ExitSweep.place(percent);
      StringBuilder leaving = new StringBuilder();
      for (int k = 1; k <= sweep.blocks(); k++) {
        double share = 100.0 * sweep.leaving(place, k) / sweep.rows();
        leaving.append(String.format(Locale.ROOT, "  %5.1f %%", share));
      }
      out.printf(
          Locale.ROOT,
          "  %26.2f  %6.2f %%  %10.1f %%%s%n",
          ExitSweep.threshold(place),
          100.0 * sweep.correct(place) / sweep.rows(),
          100 * sweep.cost(place, shares),
          leaving);
    }
  }
}
