package io.blockwise.data.frame;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.options.TableOptions;
import io.blockwise.data.options.TableOptions.Missing;
import io.blockwise.data.options.WeightColumn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.connector.catalog.CatalogNotFoundException;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;

/**
 * A table that Spark's session knows by a name: of Hive, Delta, Iceberg or whatever catalogue it
 * was started with. It is read as it is now. Used by one thread.
 */
public final class SessionTable {
  private static final String WEIGHT_KEY = "data.weight-column";

  private final String name;
  private final TableOptions options;
  private final WeightColumn weights;
  private final Dataset<Row> table;

  private SessionTable(
      String name, TableOptions options, WeightColumn weights, Dataset<Row> table) {
    this.name = name;
    this.options = options;
    this.weights = weights;
    this.table = table;
  }

  /**
   * Finds it.
   *
   * @param options with its name
   * @throws UserException if the session knows none of that name
   */
  public static SessionTable find(
      SparkSession session, TableOptions options, WeightColumn weights) {
    String name = options.name().orElseThrow();
    try {
      return new SessionTable(name, options, weights, session.table(name));
    } catch (Exception e) { // Spark's are checked, and not declared
      if (e instanceof ParseException) {
        throw UserException.invalid(
            "data.table.name", Printable.of(name), "must be such as sales.flowers");
      }
      if (e instanceof AnalysisException || e instanceof CatalogNotFoundException) {
        throw UserException.cannot(
            "read table " + Printable.of(name),
            "Spark's session does not know it",
            "name its catalogue and database as well, and start Spark with what the catalogue"
                + " needs: --packages and --conf spark.sql.catalog.NAME");
      }
      throw e;
    }
  }

  /**
   * Writes its label, numbers and weight as tables of Parquet.
   *
   * @param folder which is not there yet
   * @throws UserException if a column is missing or of another type, a row lacks a label, or a
   *     number that may not be missing, a number is not finite, or a weight is not above 0
   */
  public void write(Storage storage, Path folder) throws IOException {
    List<String> numbers = numbers();
    List<Column> columns = new ArrayList<>(List.of(label().as(options.labelColumn())));
    for (String number : numbers) {
      columns.add(number(number, "data.table.columns").as(number));
    }
    weights.name().ifPresent(weight -> columns.add(number(weight, WEIGHT_KEY).as(weight)));
    Dataset<Row> rows = table.select(columns.toArray(Column[]::new));
    long count = require(rows, numbers);
    Column[] all = Arrays.stream(rows.columns()).map(SessionTable::column).toArray(Column[]::new);
    FrameRows.write(FrameRows.ordered(rows, count, xxhash64(all), all), storage, folder);
  }

  private List<String> numbers() {
    if (!options.columns().isEmpty()) {
      return options.columns();
    }
    List<String> others =
        Arrays.stream(table.columns())
            .filter(column -> !column.equals(options.labelColumn()))
            .filter(column -> !weights.name().filter(column::equals).isPresent())
            .toList();
    if (others.isEmpty()) {
      throw cannot("it has no column beside that of the labels", "give it a column of numbers");
    }
    return others;
  }

  private Column label() {
    DataType type = type(options.labelColumn(), "data.table.label-column");
    return ClassNames.of(column(options.labelColumn()), type)
        .orElseThrow(
            () ->
                cannot(
                    has(options.labelColumn(), type),
                    "name one of texts, numbers or truth values: data.table.label-column"));
  }

  private Column number(String name, String key) {
    DataType type = type(name, key);
    if (!(type instanceof NumericType)) {
      throw cannot(
          has(name, type),
          "name the columns of numbers: " + key + ", or cast it in a view of the table");
    }
    return column(name).cast(DataTypes.DoubleType);
  }

  private static String has(String column, DataType type) {
    return "its column " + Printable.of(column) + " is of type " + type.simpleString();
  }

  private DataType type(String column, String key) {
    if (!Set.of(table.columns()).contains(column)) {
      throw cannot(
          "it has no column " + Printable.of(column),
          "set " + key + " to names among " + Printable.of(String.join(", ", table.columns())));
    }
    return table.schema().apply(column).dataType();
  }

  /** In backticks, since a dot in a name stands for a field of a structure else. */
  private static Column column(String name) {
    return col("`" + name.replace("`", "``") + "`");
  }

  /** Looks at all rows before any is written. */
  private long require(Dataset<Row> rows, List<String> numbers) {
    List<Column> counts = new ArrayList<>(List.of(times(column(options.labelColumn()).isNull())));
    for (String name : numbers) {
      Column number = column(name);
      counts.add(times(number.isNull().or(number.isNaN())));
      counts.add(
          times(abs(number).gt((double) Float.MAX_VALUE).and(number.isNaN().equalTo(false))));
    }
    for (String weight : weights.name().stream().toList()) {
      Column number = column(weight);
      Column lasting = number.cast(DataTypes.FloatType); // as it will be read
      counts.add(times(not(coalesce(lasting.gt(0).and(lasting.leq(Float.MAX_VALUE)), lit(false)))));
    }
    Row found = rows.agg(count(lit(1)), counts.toArray(Column[]::new)).head();
    if (found.getLong(0) == 0) {
      throw cannot("it has no rows", "fill it, or name another one: data.table.name");
    }
    requireNone(found.getLong(1), "no label", options.labelColumn(), "fill them in");
    for (int i = 0; i < numbers.size(); i++) {
      if (options.missing() == Missing.REFUSE) {
        requireNone(
            found.getLong(2 + 2 * i),
            "nothing",
            numbers.get(i),
            "fill them in, set data.table.missing = mean");
      }
      requireNone(
          found.getLong(3 + 2 * i),
          "a number beyond 3.4e38",
          numbers.get(i),
          "correct them, or leave the column out of data.table.columns");
    }
    for (String weight : weights.name().stream().toList()) {
      requireNone(
          found.getLong(2 + 2 * numbers.size()), "no weight above 0", weight, "correct them");
    }
    return found.getLong(0);
  }

  private static Column times(Column condition) {
    return count(when(condition, 1));
  }

  private void requireNone(long rows, String what, String column, String remedy) {
    if (rows > 0) {
      throw cannot(
          rows
              + (rows == 1 ? " row has " : " rows have ")
              + what
              + " in column "
              + Printable.of(column),
          remedy + ", or leave these rows out in a view");
    }
  }

  private UserException cannot(String fact, String remedy) {
    return UserException.cannot("read table " + Printable.of(name), fact, remedy);
  }
}
