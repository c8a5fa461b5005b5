package io.blockwise.job.compare;

import io.blockwise.job.config.comparison.Comparison.Run;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What every run of a comparison has come to so far. Thread-safe. */
final class Standings {
  private final Map<Run, Entry> entries = new LinkedHashMap<>();

  /** A run, with its result or why it has none; with neither it is yet to be made. */
  record Entry(Run run, Optional<Result> result, Optional<String> failure) {
    String status() {
      return result.isPresent() ? "done" : failure.map(why -> "failed: " + why).orElse("to do");
    }
  }

  /** Of runs that are all yet to be made. */
  Standings(List<Run> runs) {
    runs.forEach(run -> entries.put(run, new Entry(run, Optional.empty(), Optional.empty())));
  }

  synchronized void done(Run run, Result result) {
    entries.put(run, new Entry(run, Optional.of(result), Optional.empty()));
  }

  synchronized void failed(Run run, String reason) {
    entries.put(run, new Entry(run, Optional.empty(), Optional.of(reason)));
  }

  /** In the order of the comparison. */
  synchronized List<Entry> entries() {
    return List.copyOf(entries.values());
  }

  /** Runs that have neither a result nor failed. */
  List<Run> toDo() {
    return entries().stream()
        .filter(entry -> entry.result().isEmpty() && entry.failure().isEmpty())
        .map(Entry::run)
        .toList();
  }

  List<Entry> failures() {
    return entries().stream().filter(entry -> entry.failure().isPresent()).toList();
  }

  /** By configuration, in the order of the comparison. */
  List<Row> rows() {
    Map<String, List<Entry>> rows = new LinkedHashMap<>();
    for (Entry entry : entries()) {
      rows.computeIfAbsent(entry.run().configuration(), name -> new ArrayList<>()).add(entry);
    }
    return rows.entrySet().stream().map(row -> new Row(row.getKey(), row.getValue())).toList();
  }
}
