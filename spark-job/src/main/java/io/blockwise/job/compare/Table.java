package io.blockwise.job.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Rows of cells below a header, all of the same length, as text of two formats. Cells may hold
 * anything. Immutable.
 */
record Table(List<String> header, List<List<String>> rows) {
  Table {
    header = List.copyOf(header);
    rows = rows.stream().map(List::copyOf).toList();
    for (List<String> row : rows) {
      if (row.size() != header.size()) {
        throw new IllegalArgumentException(row + " does not fit below " + header);
      }
    }
  }

  /** A column of a table of things. */
  record Column<T>(String name, Function<T, String> cell) {}

  /** A row for every thing. */
  static <T> Table of(List<T> things, List<Column<T>> columns) {
    return new Table(
        columns.stream().map(Column::name).toList(),
        things.stream()
            .map(thing -> columns.stream().map(column -> column.cell().apply(thing)).toList())
            .toList());
  }

  /** In the form of GitHub's Markdown, the first column to the left, the others to the right. */
  String markdown() {
    List<String> lines = new ArrayList<>();
    lines.add(line(header));
    lines.add("| --- |" + " ---: |".repeat(header.size() - 1));
    rows.forEach(row -> lines.add(line(row)));
    return String.join("\n", lines) + "\n";
  }

  private static String line(List<String> cells) {
    return cells.stream().map(Table::escaped).collect(Collectors.joining(" | ", "| ", " |"));
  }

  private static String escaped(String cell) {
    return cell.replaceAll("\\R", " ")
        .replace("\\", "\\\\")
        .replace("|", "\\|")
        .replace("<", "&lt;");
  }

  /** As RFC 4180 has it, with single newlines. */
  String csv() {
    return rows.stream().map(Table::record).collect(Collectors.joining("", record(header), ""));
  }

  private static String record(List<String> cells) {
    return cells.stream().map(Table::quoted).collect(Collectors.joining(",")) + "\n";
  }

  private static String quoted(String cell) {
    return cell.matches("(?s).*[\",\r\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
  }
}
