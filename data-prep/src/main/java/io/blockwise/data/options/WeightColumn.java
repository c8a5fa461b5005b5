package io.blockwise.data.options;

import static io.blockwise.base.Checks.invalid;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The column that says how much each row of a table counts ({@code data.weight-column}). Immutable.
 *
 * @param name of the column, or its number from 1 in files without a line of names; empty: all rows
 *     count alike
 */
public record WeightColumn(Optional<String> name) {
  /** All rows count alike. */
  public static final WeightColumn NONE = new WeightColumn(Optional.empty());

  private static final String KEY = "data.weight-column";
  private static final String FIELD = "weight";

  public WeightColumn {
    if (name.isPresent() && name.get().isBlank()) {
      throw invalid(KEY, "\"\"", "must name a column");
    }
  }

  /**
   * Refuses what does not go with the rest of a row.
   *
   * @throws io.blockwise.base.InvalidValueException that says so
   */
  public void requireFits(DataKind kind, TextOptions text, TableOptions table, SideOptions side) {
    if (name.isEmpty()) {
      return;
    }
    if (kind != DataKind.TEXT && kind != DataKind.TABLE) {
      throw invalid(KEY, name.get(), "must not be set for " + kind + ", only for table and text");
    }
    if (columns(kind, text, table, side).contains(name.get())) {
      throw invalid(KEY, name.get(), "must name a column that is read as nothing else");
    }
    if (side.texts().stream().anyMatch(FIELD::equalsIgnoreCase)) {
      throw invalid(
          "data.side.texts", FIELD, "must not have the name of the weights: rename the column");
    }
  }

  private static List<String> columns(
      DataKind kind, TextOptions text, TableOptions table, SideOptions side) {
    List<String> columns = new ArrayList<>();
    if (kind == DataKind.TABLE) {
      columns.add(table.labelColumn());
      columns.addAll(table.columns());
    } else {
      columns.addAll(List.of(text.labelColumn(), text.textColumn()));
      columns.addAll(side.texts());
      columns.addAll(side.numbers());
    }
    return columns;
  }

  /** Keys and values that decide what the rows hold; none of what is not set. */
  public Map<String, String> content() {
    return name.map(column -> Map.of(KEY, column)).orElse(Map.of());
  }
}
