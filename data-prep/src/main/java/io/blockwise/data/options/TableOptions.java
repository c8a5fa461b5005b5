package io.blockwise.data.options;

import static io.blockwise.base.Checks.invalid;

import io.blockwise.base.Names;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How tables of numbers become rows. Immutable.
 *
 * <p>Always true: the label has a column, and no column is named twice or also that of the labels.
 *
 * @param name of a table that Spark's session knows, such as {@code sales.flowers}, {@code
 *     catalogue.sales.flowers} or {@code delta.`PATH`} ({@code data.table.name}); empty: tables are
 *     files
 * @param labelColumn name of the column with the label, or its number from 1 in files without a
 *     line of names ({@code data.table.label-column})
 * @param columns likewise those of the numbers, in their order ({@code data.table.columns}); empty:
 *     all but those of the labels and the weights, as train's first file has them
 * @param missing what becomes of a number that a row lacks ({@code data.table.missing})
 */
public record TableOptions(
    Optional<String> name, String labelColumn, List<String> columns, Missing missing) {
  private static final String COLUMNS_KEY = "data.table.columns";

  /** What becomes of a number that a row lacks. */
  public enum Missing {
    /** The row is refused. */
    REFUSE,
    /** It counts as the mean of those that train has in its column. */
    MEAN
  }

  public TableOptions {
    columns = List.copyOf(columns);
    if (name.isPresent() && name.get().isBlank()) {
      throw invalid("data.table.name", "\"\"", "must name a table");
    }
    if (labelColumn.isBlank()) {
      throw invalid("data.table.label-column", "\"\"", "must name a column");
    }
    Set<String> named = new HashSet<>(Set.of(labelColumn));
    for (String column : columns) {
      if (column.isBlank() || !named.add(column)) {
        throw invalid(
            COLUMNS_KEY,
            column.isBlank() ? "\"\"" : column,
            "must name each column once, and not that of the labels");
      }
    }
  }

  /** Keys and values that decide what the rows hold. */
  public SortedMap<String, String> content() {
    SortedMap<String, String> content = new TreeMap<>();
    name.ifPresent(table -> content.put("data.table.name", table));
    content.put("data.table.label-column", labelColumn);
    content.put(COLUMNS_KEY, columns.isEmpty() ? "all" : quoted(columns));
    content.put("data.table.missing", Names.of(missing));
    return content;
  }

  /** Quoted, since a name may have a comma in it. */
  static String quoted(List<String> columns) {
    return columns.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
  }
}
