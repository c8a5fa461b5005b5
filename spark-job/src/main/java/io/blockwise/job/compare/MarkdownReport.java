package io.blockwise.job.compare;

import io.blockwise.base.Names;
import io.blockwise.job.compare.Table.Column;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.comparison.Comparison;
import io.blockwise.model.artifact.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The figures for people: one table of all configurations, what it took, and every run. */
final class MarkdownReport {
  private static final double MEBI = 1 << 20;
  private static final String UNKNOWN = "-";

  private final Comparison comparison;
  private final String pictures;
  private final List<Standings.Entry> entries;
  private final List<Row> rows;
  private final List<Result> results;
  private final int blocks;

  private MarkdownReport(Comparison comparison, Standings standings, String pictures) {
    this.comparison = comparison;
    this.pictures = pictures;
    entries = standings.entries();
    rows = standings.rows();
    results = entries.stream().flatMap(entry -> entry.result().stream()).toList();
    blocks = rows.stream().mapToInt(Row::blocks).max().orElse(0);
  }

  /**
   * A section of a document.
   *
   * @param pictures where they are: empty, or a folder with a slash behind
   */
  static String of(Comparison comparison, Standings standings, String pictures) {
    return new MarkdownReport(comparison, standings, pictures).text();
  }

  private String text() {
    return String.join(
        "\n",
        "## " + comparison.name(),
        "",
        "    " + comparison.command(),
        "",
        conditions(),
        "Test accuracy in %, of the epoch whose last block was best on validation; mean ± standard"
            + " deviation (n - 1) over the seeds. Test was read once per run.",
        "",
        configurations().markdown(),
        notes(),
        pictures(),
        "Validation accuracy in % of the same epochs:",
        "",
        Table.of(rows, accuracies(Row::validation)).markdown(),
        "Every run, test accuracy in %:",
        "",
        runs().markdown());
  }

  private String conditions() {
    List<String> lines = new ArrayList<>();
    lines.add("* Budget: " + all(budgets()) + ".");
    lines.add("* Computed with " + all(made("computed_with")) + ".");
    lines.add(
        "* Master " + all(made("master")) + ", threads per worker " + all(made("threads")) + ".");
    lines.add("* Blockwise " + all(made("blockwise")) + ", commit " + all(made("commit")) + ".");
    long failed = entries.stream().filter(entry -> entry.failure().isPresent()).count();
    lines.add(
        "* Runs: %d of %d are done%s."
            .formatted(
                results.size(), entries.size(), failed == 0 ? "" : ", " + failed + " failed"));
    return String.join("\n", lines) + "\n";
  }

  private List<String> budgets() {
    return rows.stream().map(row -> budget(row.settings())).distinct().toList();
  }

  private static String budget(Settings settings) {
    int workers = settings.workers().count();
    int epochs = settings.epochs();
    return "%d %s of data set %s, batch %d, %d %s"
        .formatted(
            epochs,
            epochs == 1 ? "epoch" : "epochs",
            settings.data().directory(),
            settings.training().batchSize(),
            workers,
            workers == 1 ? "worker" : "workers");
  }

  /** What the runs' provenance says, each different value once. */
  private List<String> made(String key) {
    return results.stream()
        .map(result -> result.provenance().get(key))
        .flatMap(
            value ->
                value instanceof List<?> list ? list.stream() : java.util.stream.Stream.of(value))
        .map(value -> value instanceof Map<?, ?> engine ? engine(engine) : String.valueOf(value))
        .distinct()
        .toList();
  }

  private static String engine(Map<?, ?> engine) {
    return "%s %s on %s (%s)"
        .formatted(
            engine.get("engine"),
            engine.get("version"),
            engine.get("device"),
            engine.get("device_name"));
  }

  private static String all(List<String> values) {
    return values.isEmpty() ? UNKNOWN : String.join("; ", values);
  }

  private Table configurations() {
    List<Column<Row>> columns = new ArrayList<>(accuracies(Row::test));
    columns.add(1, new Column<>("method", row -> Names.of(row.settings().network().method())));
    columns.add(2, new Column<>("seeds", MarkdownReport::seeds));
    columns.add(figure("examples/s", result -> result.metrics().examplesPerSecond(), 1, 0));
    columns.add(figure("step, ms", result -> result.metrics().cost().stepSeconds(), 1e3, 0));
    columns.add(
        figure(
            "memory, MiB",
            result -> (double) result.metrics().cost().peakMemoryBytes(),
            1 / MEBI,
            0));
    columns.add(parameters("body", Metrics.ParameterCounts::body));
    columns.add(parameters("heads", Metrics.ParameterCounts::heads));
    columns.add(parameters("exits", Metrics.ParameterCounts::exits));
    columns.add(figure("exchanged, MiB", result -> (double) result.bytesExchanged(), 1 / MEBI, 1));
    return Table.of(rows, columns);
  }

  private static String seeds(Row row) {
    int all = row.entries().size();
    int done = row.results().size();
    return done == all ? String.valueOf(all) : done + " of " + all;
  }

  /** The name, and a column per block; the last block of every network is in the last one. */
  private List<Column<Row>> accuracies(Function<Row, List<Mean>> split) {
    List<Column<Row>> columns = new ArrayList<>();
    columns.add(new Column<>("run", Row::configuration));
    for (int k = 0; k < blocks; k++) {
      int fromEnd = blocks - k;
      columns.add(
          new Column<>(
              title(k),
              row -> fromEnd(split.apply(row), fromEnd).map(mean -> mean.text(100, 2)).orElse("")));
    }
    return columns;
  }

  private String title(int block) {
    return block == blocks - 1 ? "last block" : "block " + (block + 1);
  }

  private static <T> Optional<T> fromEnd(List<T> list, int number) {
    return number <= list.size() ? Optional.of(list.get(list.size() - number)) : Optional.empty();
  }

  private static Column<Row> figure(
      String name, Function<Result, Double> figure, double scale, int digits) {
    return new Column<>(
        name, row -> row.mean(figure::apply).map(mean -> mean.text(scale, digits)).orElse(UNKNOWN));
  }

  private static Column<Row> parameters(String name, Function<Metrics.ParameterCounts, Long> part) {
    return new Column<>(
        name,
        row ->
            row.results().stream()
                .findFirst()
                .map(result -> part.apply(result.metrics().parameters()))
                .map(count -> String.format(Locale.ROOT, "%,d", count))
                .orElse(UNKNOWN));
  }

  private static String notes() {
    return "Examples/s over the training clock, without evaluation; step: median of the epochs'"
        + " means; memory: largest resident memory of the process, heap and native together, with what"
        + " garbage the heap had not given back, by which runs of one configuration differ by up to a few"
        + " hundred MiB; body,"
        + " heads, exits: trainable parameters, of which answers need body and the exits used, and of al and"
        + " deinforeg parts of heads;"
        + " exchanged: all messages of a run, calculated for workers on executors where they were"
        + " threads of one process (of embeddings at most, as if no word came twice).\n";
  }

  private String pictures() {
    return Pictures.NAMES.entrySet().stream()
        .map(picture -> "![" + picture.getValue() + "](" + pictures + picture.getKey() + ")\n")
        .collect(Collectors.joining());
  }

  private Table runs() {
    List<Column<Standings.Entry>> columns = new ArrayList<>();
    columns.add(new Column<>("run", entry -> entry.run().configuration()));
    columns.add(new Column<>("seed", entry -> String.valueOf(entry.run().settings().seed())));
    IntStream.range(0, blocks)
        .forEach(k -> columns.add(new Column<>(title(k), entry -> test(entry, blocks - k))));
    columns.add(result("epoch selected", result -> "" + result.metrics().selectedEpoch()));
    columns.add(result("seconds", result -> "" + Math.round(result.metrics().seconds())));
    columns.add(new Column<>("status", Standings.Entry::status));
    columns.add(result("run id", Result::runId));
    return Table.of(entries, columns);
  }

  private static String test(Standings.Entry entry, int fromEnd) {
    return entry
        .result()
        .flatMap(result -> fromEnd(result.metrics().test().accuracy(), fromEnd))
        .map(share -> String.format(Locale.ROOT, "%.2f", 100 * share))
        .orElse("");
  }

  private static Column<Standings.Entry> result(String name, Function<Result, String> text) {
    return new Column<>(name, entry -> entry.result().map(text).orElse(""));
  }

  /** The table alone, for a terminal. */
  static String table(Comparison comparison, Standings standings) {
    return new MarkdownReport(comparison, standings, "").configurations().markdown();
  }
}
