package io.blockwise.job.compare;

import io.blockwise.base.files.Storage;
import io.blockwise.job.compare.Table.Column;
import io.blockwise.job.config.comparison.Comparison;
import io.blockwise.job.config.comparison.SearchPlan;
import io.blockwise.job.config.comparison.SearchPlan.Rung;
import io.blockwise.model.artifact.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What a search writes: {@code output/comparisons/NAME} with {@code table.md}, and {@code
 * candidates.csv} with a row per training. Thread-safe.
 */
final class SearchReport implements Written {
  private final Comparison comparison;
  private final SearchPlan plan;
  private final Search search;
  private final Storage storage;
  private final Path directory;
  private final Optional<MarkdownSection> into;
  private Optional<Metrics> tested = Optional.empty();

  /**
   * Creates nothing.
   *
   * @throws io.blockwise.base.UserException if the Markdown file cannot be written
   */
  SearchReport(Configuration hadoop, Comparison comparison, Search search) throws IOException {
    this.comparison = comparison;
    this.search = search;
    plan = comparison.search().orElseThrow();
    storage = new Storage(hadoop);
    into = comparison.into().map(file -> new MarkdownSection(file, comparison.name()));
    if (into.isPresent()) {
      into.get().requireWritable();
    }
    directory = new Path(new Path(comparison.output(), "comparisons"), comparison.name());
  }

  /** Notes what the winner reaches on test. */
  synchronized void tested(Metrics winner) {
    tested = Optional.of(winner);
  }

  @Override
  public synchronized void write(Standings standings) throws IOException {
    write("candidates.csv", trainings().csv());
    write("table.md", text(standings));
    if (into.isPresent()) {
      into.get().write(storage, text(standings), Map.of());
    }
  }

  private String text(Standings standings) {
    return String.join(
        "\n",
        "## " + comparison.name(),
        "",
        "    " + comparison.command(),
        "",
        "Accuracy of the last block on validation in %, of each training's best epoch. Test was read"
            + " for the winner alone, once it had won.",
        "",
        table(standings));
  }

  @Override
  public synchronized String table(Standings standings) {
    return candidates().markdown() + "\n" + verdict();
  }

  private String verdict() {
    long failed = search.entered().stream().filter(entry -> entry.failure().isPresent()).count();
    String made =
        "Trainings: " + search.entered().size() + (failed == 0 ? "" : ", " + failed + " failed");
    return made + ".\n" + search.winner().map(this::verdict).orElse("Nobody has finished yet.\n");
  }

  private String verdict(Standings.Entry winner) {
    String best =
        "Best so far on validation: "
            + winner.run().configuration()
            + " "
            + plan.candidates().get(search.candidate(winner.run()))
            + ".\n";
    return tested
        .map(
            metrics ->
                best.replace("Best so far", "Best")
                    + "Its accuracy on test, block by block: "
                    + percents(metrics.test().accuracy())
                    + " %.\n")
        .orElse(best);
  }

  private static String percents(List<Double> shares) {
    return String.join(
        " ",
        shares.stream().map(share -> String.format(Locale.ROOT, "%.2f", 100 * share)).toList());
  }

  private Table candidates() {
    List<Column<Integer>> columns = new ArrayList<>();
    columns.add(new Column<>("candidate", candidate -> String.format("c%02d", candidate + 1)));
    for (String key : plan.candidates().get(0).keySet()) {
      columns.add(new Column<>(key, candidate -> plan.candidates().get(candidate).get(key)));
    }
    for (int rung = 0; rung < plan.rungs().size(); rung++) {
      columns.add(ofRung(rung));
    }
    List<Integer> shown =
        IntStream.range(0, plan.candidates().size())
            .filter(candidate -> search.entry(candidate, 0).isPresent())
            .boxed()
            .toList();
    return Table.of(shown, columns);
  }

  private Column<Integer> ofRung(int rung) {
    Rung its = plan.rungs().get(rung);
    String name = its.epochs() + (its.epochs() == 1 ? " epoch" : " epochs");
    return new Column<>(
        name, candidate -> search.entry(candidate, rung).map(this::cell).orElse(""));
  }

  private String cell(Standings.Entry entry) {
    return entry
        .result()
        .map(result -> String.format(Locale.ROOT, "%.2f", 100 * Search.validation(result)))
        .map(text -> isWinner(entry) ? "**" + text + "**" : text)
        .orElse("failed");
  }

  private boolean isWinner(Standings.Entry entry) {
    return search.winner().filter(entry::equals).isPresent();
  }

  private Table trainings() {
    List<Column<Standings.Entry>> columns = new ArrayList<>();
    columns.add(new Column<>("training", entry -> entry.run().configuration()));
    columns.add(
        new Column<>("candidate", entry -> String.valueOf(search.candidate(entry.run()) + 1)));
    for (String key : plan.candidates().get(0).keySet()) {
      columns.add(
          new Column<>(
              key, entry -> plan.candidates().get(search.candidate(entry.run())).get(key)));
    }
    columns.add(new Column<>("epochs", entry -> String.valueOf(entry.run().settings().epochs())));
    columns.add(new Column<>("status", Standings.Entry::status));
    columns.add(result("validation_last_block", Search::validation));
    columns.add(result("selected_epoch", result -> result.metrics().selectedEpoch()));
    columns.add(result("seconds", result -> result.metrics().seconds()));
    columns.add(result("run_id", Result::runId));
    columns.add(new Column<>("winner", entry -> isWinner(entry) ? "yes" : ""));
    columns.add(new Column<>("test_last_block", this::test));
    return Table.of(search.entered(), columns);
  }

  private String test(Standings.Entry entry) {
    return isWinner(entry)
        ? tested
            .map(metrics -> metrics.test().accuracy())
            .map(accuracy -> String.valueOf(accuracy.get(accuracy.size() - 1)))
            .orElse("")
        : "";
  }

  private static Column<Standings.Entry> result(String name, Function<Result, Object> figure) {
    return new Column<>(
        name, entry -> entry.result().map(found -> String.valueOf(figure.apply(found))).orElse(""));
  }

  private void write(String name, String content) throws IOException {
    storage.write(new Path(directory, name), content.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
