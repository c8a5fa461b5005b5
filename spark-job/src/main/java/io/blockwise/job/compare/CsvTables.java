package io.blockwise.job.compare;

import io.blockwise.base.Names;
import io.blockwise.job.compare.Table.Column;
import io.blockwise.job.config.Settings;
import io.blockwise.model.artifact.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The figures for programs: shares from 0 to 1, seconds and bytes, with all digits; an empty cell
 * where nothing is known.
 */
final class CsvTables {
  private CsvTables() {}

  /** A row per configuration: means over its seeds, and standard deviations. */
  static Table configurations(List<Row> rows) {
    List<Column<Row>> columns = new ArrayList<>();
    columns.add(new Column<>("run", Row::configuration));
    columns.add(setting("method", settings -> Names.of(settings.network().method())));
    columns.add(new Column<>("seeds", row -> String.valueOf(row.entries().size())));
    columns.add(new Column<>("seeds_done", row -> String.valueOf(row.results().size())));
    columns.add(setting("epochs", settings -> String.valueOf(settings.epochs())));
    columns.add(setting("batch_size", settings -> String.valueOf(settings.training().batchSize())));
    columns.add(setting("workers", settings -> String.valueOf(settings.workers().count())));
    int blocks = rows.stream().mapToInt(Row::blocks).max().orElse(0);
    for (int k = 0; k < blocks; k++) {
      int block = k;
      mean(columns, "test_block_" + (k + 1), row -> at(row.test(), block));
    }
    mean(columns, "test_last_block", row -> at(row.test(), row.blocks() - 1));
    mean(columns, "validation_last_block", row -> at(row.validation(), row.blocks() - 1));
    figure(columns, "examples_per_second", result -> result.metrics().examplesPerSecond());
    figure(columns, "step_seconds", result -> result.metrics().cost().stepSeconds());
    figure(columns, "peak_memory_bytes", result -> result.metrics().cost().peakMemoryBytes());
    figure(columns, "exchanged_bytes", Result::bytesExchanged);
    columns.add(parameters("body_parameters", Metrics.ParameterCounts::body));
    columns.add(parameters("head_parameters", Metrics.ParameterCounts::heads));
    columns.add(parameters("exit_parameters", Metrics.ParameterCounts::exits));
    return Table.of(rows, columns);
  }

  private static Column<Row> setting(String name, Function<Settings, String> text) {
    return new Column<>(name, row -> text.apply(row.settings()));
  }

  private static Optional<Mean> at(List<Mean> means, int index) {
    return index >= 0 && index < means.size() ? Optional.of(means.get(index)) : Optional.empty();
  }

  private static void figure(
      List<Column<Row>> columns, String name, ToDoubleFunction<Result> figure) {
    mean(columns, name, row -> row.mean(figure));
  }

  private static void mean(
      List<Column<Row>> columns, String name, Function<Row, Optional<Mean>> mean) {
    columns.add(
        new Column<>(
            name, row -> mean.apply(row).map(found -> String.valueOf(found.mean())).orElse("")));
    columns.add(
        new Column<>(
            name + "_sd",
            row ->
                mean.apply(row)
                    .filter(found -> found.count() > 1)
                    .map(found -> String.valueOf(found.deviation()))
                    .orElse("")));
  }

  private static Column<Row> parameters(String name, Function<Metrics.ParameterCounts, Long> part) {
    return new Column<>(
        name,
        row ->
            row.results().stream()
                .findFirst()
                .map(result -> String.valueOf(part.apply(result.metrics().parameters())))
                .orElse(""));
  }

  /** A row per run. */
  static Table runs(List<Standings.Entry> entries) {
    List<Column<Standings.Entry>> columns = new ArrayList<>();
    columns.add(new Column<>("run", entry -> entry.run().configuration()));
    columns.add(new Column<>("seed", entry -> String.valueOf(entry.run().settings().seed())));
    columns.add(new Column<>("status", Standings.Entry::status));
    columns.add(result("run_id", Result::runId));
    columns.add(metric("selected_epoch", Metrics::selectedEpoch));
    int blocks =
        entries.stream()
            .flatMap(entry -> entry.result().stream())
            .mapToInt(result -> result.metrics().test().accuracy().size())
            .max()
            .orElse(0);
    accuracies(columns, "test_block_", blocks, metrics -> metrics.test().accuracy());
    accuracies(columns, "validation_block_", blocks, metrics -> metrics.validation().accuracy());
    columns.add(metric("seconds", Metrics::seconds));
    columns.add(metric("examples_per_second", Metrics::examplesPerSecond));
    columns.add(metric("step_seconds", metrics -> metrics.cost().stepSeconds()));
    columns.add(metric("peak_memory_bytes", metrics -> metrics.cost().peakMemoryBytes()));
    columns.add(result("exchanged_bytes", result -> String.valueOf(result.bytesExchanged())));
    for (String made : List.of("engine", "threads", "master", "host", "blockwise", "commit")) {
      columns.add(result(made, result -> String.valueOf(result.provenance().get(made))));
    }
    return Table.of(entries, columns);
  }

  private static void accuracies(
      List<Column<Standings.Entry>> columns,
      String name,
      int blocks,
      Function<Metrics, List<Double>> split) {
    for (int k = 0; k < blocks; k++) {
      int block = k;
      columns.add(
          metric(
              name + (k + 1),
              metrics -> {
                List<Double> shares = split.apply(metrics);
                return block < shares.size() ? shares.get(block) : "";
              }));
    }
  }

  private static Column<Standings.Entry> metric(String name, Function<Metrics, Object> metric) {
    return result(name, result -> String.valueOf(metric.apply(result.metrics())));
  }

  private static Column<Standings.Entry> result(String name, Function<Result, String> text) {
    return new Column<>(name, entry -> entry.result().map(text).orElse(""));
  }
}
