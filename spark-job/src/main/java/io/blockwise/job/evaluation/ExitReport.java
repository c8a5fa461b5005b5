package io.blockwise.job.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.job.svg.Labels;
import io.blockwise.job.svg.Plot;
import io.blockwise.job.svg.Point;
import io.blockwise.job.svg.Series;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.exits.ExitCosts;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.exits.ExitSweep;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What exits are worth on test: each as a fixed shortcut, how far its confidence can be relied on,
 * and what leaving at the first that is sure enough gains and loses by threshold. Immutable.
 *
 * @param counted of test
 * @param routes that were timed
 */
record ExitReport(ModelVersion version, TestTally counted, List<Route> routes) {
  private static final List<Integer> PERCENTS = List.of(99, 95, 90, 80, 70, 60, 50);

  /** Which rules are timed: every shortcut, and the model's own rule or one of confidence. */
  static List<ExitRule> timed(ModelVersion version) {
    int blocks = version.blocks().size();
    List<ExitRule> rules = new ArrayList<>();
    IntStream.rangeClosed(1, blocks).forEach(k -> rules.add(new ExitRule.Shortcut(k)));
    ExitRule own = version.description().exits().rule(blocks);
    rules.add(own instanceof ExitRule.Confidence ? own : new ExitRule.Confidence(0.9));
    return rules;
  }

  private ExitCosts costs() {
    return ExitCosts.of(version.description().network());
  }

  private int blocks() {
    return version.blocks().size();
  }

  private double accuracy(int block) {
    return counted.answers().correct(block - 1) / (double) counted.sweep().rows();
  }

  private double accuracyAt(int place) {
    return counted.sweep().correct(place) / (double) counted.sweep().rows();
  }

  private double share(int place, int block) {
    return counted.sweep().leaving(place, block) / (double) counted.sweep().rows();
  }

  private double milliseconds(int block) {
    return 1e3 * routes.get(block - 1).seconds();
  }

  /** For people. */
  void print(PrintStream out) {
    printExits(out);
    printSweep(out);
    printRule(out);
    out.flush();
  }

  private void printExits(PrintStream out) {
    out.printf(
        "%n  exit     test      MFLOP  of full path  ms per row  temperature  calibration error  AUROC"
            + " of being right%n");
    for (int k = 1; k <= blocks(); k++) {
      out.printf(
          Locale.ROOT,
          "  %4d  %5.2f %%  %9.3f  %10.1f %%  %10.4f  %11.3f  %15.2f %%  %20.3f%n",
          k,
          100 * accuracy(k),
          costs().shortcut(k) / 1e6,
          100.0 * costs().shortcut(k) / costs().fullPath(),
          milliseconds(k),
          version.description().exits().divisors().of(k - 1),
          100 * counted.reliability().calibrationError(k - 1),
          counted.reliability().auroc(k - 1));
    }
  }

  private void printSweep(PrintStream out) {
    String exits =
        String.join(
            "", IntStream.rangeClosed(1, blocks()).mapToObj("  exit %2d"::formatted).toList());
    out.printf("%n  leaving at a confidence of      test  of full path%s%n", exits);
    PERCENTS.forEach(percent -> printThreshold(out, ExitSweep.place(percent), ""));
  }

  private void printThreshold(PrintStream out, int place, String behind) {
    StringBuilder leaving = new StringBuilder();
    for (int k = 1; k <= blocks(); k++) {
      leaving.append(String.format(Locale.ROOT, "  %5.1f %%", 100 * share(place, k)));
    }
    out.printf(
        Locale.ROOT,
        "  %26.2f  %6.2f %%  %10.1f %%%s%s%n",
        ExitSweep.threshold(place),
        100 * accuracyAt(place),
        100 * counted.sweep().cost(place, costs().shares()),
        leaving,
        behind);
  }

  /** The rule that was timed beside the best and the cheapest that it can be compared with. */
  private void printRule(PrintStream out) {
    Route adaptive = routes.get(blocks());
    Route everyExit = routes.get(blocks() + 1);
    double threshold = ((ExitRule.Confidence) adaptive.rule()).threshold();
    boolean own = version.description().exits().rule(blocks()).equals(adaptive.rule());
    int place = place(threshold);
    out.printf(
        Locale.ROOT,
        "%nLeaving at a confidence of %.2f%s: %.2f %% at %.1f %% of the full path's operations and"
            + " %.1f %% of its time (%.4f ms per row; %.4f without compaction).%n",
        threshold,
        own ? ", as the model does" : "",
        100 * accuracyAt(place),
        100 * counted.sweep().cost(place, costs().shares()),
        1e3 * 100 * adaptive.seconds() / milliseconds(blocks()),
        1e3 * adaptive.seconds(),
        1e3 * everyExit.seconds());
    out.println(comparison(place));
  }

  private static int place(double threshold) {
    return ExitSweep.place((int) Math.round(100 * threshold));
  }

  /** Whether a fixed shortcut does as well for less. */
  private String comparison(int place) {
    double cost = counted.sweep().cost(place, costs().shares());
    int best = 1;
    for (int k = 2; k <= blocks(); k++) {
      best = accuracy(k) > accuracy(best) ? k : best;
    }
    double bestCost = costs().shortcut(best) / (double) costs().fullPath();
    String shortcut =
        String.format(
            Locale.ROOT,
            "The best fixed shortcut, block %d, has %.2f %% at %.1f %%",
            best,
            100 * accuracy(best),
            100 * bestCost);
    if (accuracy(best) >= accuracyAt(place) && bestCost <= cost) {
      return shortcut + ": it is better.";
    }
    return shortcut + ".";
  }

  /** For programs. */
  byte[] json() throws IOException {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("model", version.description().name());
    report.put("version", version.id());
    report.put("rows", counted.sweep().rows());
    report.put("exits", IntStream.rangeClosed(1, blocks()).mapToObj(this::exit).toList());
    report.put("sweep", IntStream.range(0, ExitSweep.GRID).mapToObj(this::threshold).toList());
    report.put("routes", routes.stream().map(ExitReport::route).toList());
    String text = new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(report);
    return (text + "\n").getBytes(UTF_8);
  }

  private Map<String, Object> exit(int block) {
    Map<String, Object> exit = new LinkedHashMap<>();
    exit.put("block", block);
    exit.put("accuracy", accuracy(block));
    exit.put("block_flops", costs().blocks().get(block - 1));
    exit.put("exit_flops", costs().exits().get(block - 1));
    exit.put("shortcut_flops", costs().shortcut(block));
    exit.put("leaving_flops", costs().leaving(block));
    exit.put("temperature", version.description().exits().divisors().of(block - 1));
    exit.put("calibration_error", counted.reliability().calibrationError(block - 1));
    double auroc = counted.reliability().auroc(block - 1);
    exit.put("auroc", Double.isNaN(auroc) ? null : auroc);
    return exit;
  }

  private Map<String, Object> threshold(int place) {
    Map<String, Object> threshold = new LinkedHashMap<>();
    threshold.put("threshold", place == 0 ? null : ExitSweep.threshold(place));
    threshold.put("accuracy", accuracyAt(place));
    threshold.put("cost", counted.sweep().cost(place, costs().shares()));
    threshold.put(
        "leaving", IntStream.rangeClosed(1, blocks()).mapToObj(k -> share(place, k)).toList());
    return threshold;
  }

  private static Map<String, Object> route(Route route) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("rule", route.rule().toString());
    json.put("compacted", route.compacted());
    json.put("seconds_per_row", route.seconds());
    return json;
  }

  /** Accuracy over operations: the sweep as a curve, fixed shortcuts as points on another. */
  String picture() {
    List<Point> sweep =
        IntStream.range(0, ExitSweep.GRID)
            .mapToObj(
                place ->
                    new Point(
                        100 * counted.sweep().cost(place, costs().shares()),
                        100 * accuracyAt(place)))
            .toList();
    List<Point> shortcuts =
        IntStream.rangeClosed(1, blocks())
            .mapToObj(
                k -> new Point(100.0 * costs().shortcut(k) / costs().fullPath(), 100 * accuracy(k)))
            .toList();
    return Plot.ofLines(
        new Labels(
            version.description().name() + ": accuracy on test and operations",
            "operations of a row, % of the full path",
            "accuracy, %"),
        List.of(
            new Series("leaving by confidence", sweep), new Series("fixed shortcut", shortcuts)));
  }
}
