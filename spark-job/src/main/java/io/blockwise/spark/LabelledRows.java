package io.blockwise.spark;

import static org.apache.spark.sql.functions.bit_xor;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Digests;
import io.blockwise.data.frame.ClassNames;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;

/**
 * The rows of a DataFrame that a training needs: a class by its name, one value and, where that is
 * wanted, a weight each. Immutable.
 *
 * @param kind of the values
 * @param frame columns {@code label} (string), {@code value}, {@code weight} (float) if rows have
 *     some, and {@code hash}; as often as it is read, what it comes from is computed
 * @param rows how many
 * @param width numbers of a value; 0 of others
 * @param content the same for the same rows in any order and partitions
 */
record LabelledRows(
    Examples kind, Dataset<Row> frame, boolean weighted, long rows, int width, String content) {
  static final String LABEL = "label";
  static final String VALUE = "value";
  static final String WEIGHT = "weight";
  static final String HASH = "hash";

  /** Sums of hashes are beyond 64 bits. */
  private static final DecimalType WIDE = DataTypes.createDecimalType(38, 0);

  /**
   * Looks at all rows once.
   *
   * @throws UserException if there are none, or some lack a label, a value or a weight, or vectors
   *     are of different lengths
   */
  static LabelledRows of(Dataset<?> frame, Columns columns) {
    Examples kind = Examples.kind(columns, frame.schema());
    boolean weighted = !columns.name(columns.weight).isEmpty();
    List<Column> selected =
        new ArrayList<>(
            List.of(
                label(columns, frame.toDF()).as(LABEL),
                kind.values(columns, frame.schema()).as(VALUE)));
    if (weighted) {
      selected.add(quoted(columns.name(columns.weight)).cast(DataTypes.FloatType).as(WEIGHT));
    }
    Dataset<Row> rows = frame.select(selected.toArray(Column[]::new));
    Column[] hashes = Arrays.stream(rows.columns()).map(name -> col(name)).toArray(Column[]::new);
    Dataset<Row> hashed = rows.withColumn(HASH, xxhash64(hashes));
    Column width = kind == Examples.NUMBERS ? size(col(VALUE)) : lit(0);
    Row found =
        hashed
            .agg(
                count(lit(1)),
                count(when(col(LABEL).isNull(), 1)),
                count(when(col(VALUE).isNull(), 1)),
                min(width),
                max(width),
                bit_xor(col(HASH)),
                sum(col(HASH).cast(WIDE)),
                count(when(weighted ? not(isWeight(col(WEIGHT))) : lit(false), 1)))
            .head();
    require(found, columns);
    String content =
        kind
            + " "
            + found.getLong(0)
            + " "
            + found.get(3)
            + " "
            + found.get(5)
            + " "
            + found.get(6);
    return new LabelledRows(kind, hashed, weighted, found.getLong(0), found.getInt(3), content);
  }

  private static void require(Row found, Columns columns) {
    if (found.getLong(0) == 0) {
      throw UserException.cannot(
          "train on a DataFrame", "it has no rows", "look at what it is made of");
    }
    requireNone(found.getLong(1), columns.name(columns.label), "label");
    requireNone(found.getLong(2), columns.name(columns.features), "value");
    requireNone(found.getLong(7), columns.name(columns.weight), "weight above 0");
    if (found.getInt(3) != found.getInt(4)) {
      throw UserException.cannot(
          "train on column " + columns.name(columns.features),
          "it has vectors of " + found.get(3) + " and of " + found.get(4) + " numbers",
          "give all rows as many");
    }
  }

  private static void requireNone(long missing, String column, String what) {
    if (missing > 0) {
      throw UserException.cannot(
          "train on column " + column,
          missing + (missing == 1 ? " row has" : " rows have") + " no " + what,
          "fill it in, or leave these rows out");
    }
  }

  private static Column isWeight(Column weight) {
    return coalesce(weight.gt(0).and(weight.leq(Float.MAX_VALUE)), lit(false));
  }

  private static Column quoted(String name) {
    return col("`" + name + "`");
  }

  /**
   * Refuses a column of weights that is not there or has none, or rows that can have none.
   *
   * @throws UserException that says so
   */
  static void requireWeights(Columns columns, StructType frame) {
    if (columns.name(columns.weight).isEmpty()) {
      return;
    }
    DataType type = columns.type(frame, columns.weight);
    if (!(type instanceof NumericType)) {
      throw UserException.cannot(
          "use column " + columns.name(columns.weight),
          "it is of type " + type.simpleString(),
          "name a column of numbers above 0: weightCol");
    }
    if (Examples.kind(columns, frame) == Examples.IMAGES) {
      throw UserException.cannot(
          "weigh rows by column " + columns.name(columns.weight),
          "they are images, which have no weights",
          "leave weightCol empty, and weigh classes: training.class-weights");
    }
  }

  private static Column label(Columns columns, Dataset<Row> frame) {
    DataType type = columns.type(frame.schema(), columns.label);
    Column label = quoted(columns.name(columns.label));
    return ClassNames.of(label, type)
        .orElseThrow(
            () ->
                UserException.cannot(
                    "use column " + columns.name(columns.label),
                    "it is of type " + type.simpleString(),
                    "name a column of numbers or names of classes: labelCol"));
  }

  /**
   * A name for a data set of these rows.
   *
   * @param settings that decide what becomes of them
   */
  String name(List<String> settings) {
    String all = content + "\n" + String.join("\n", settings);
    String digest = Digests.sha256(all.getBytes(StandardCharsets.UTF_8));
    return "frame-" + digest.substring(0, 16);
  }
}
