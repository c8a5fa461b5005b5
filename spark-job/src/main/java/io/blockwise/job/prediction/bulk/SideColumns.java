package io.blockwise.job.prediction.bulk;

import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.NumbersKind;
import io.blockwise.data.dataset.RowSchema;
import java.io.Serializable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of a table in which further fields of a model are: texts and images in the one of the
 * field's name, numbers in those of their own names. A field of which a column is missing in the
 * table, or empty in a row, is missing; texts may be empty. Immutable.
 *
 * @param fields columns by field, of those that the table has
 * @param missing columns that it lacks, by field
 */
record SideColumns(Map<String, FieldColumns> fields, Map<String, String> missing)
    implements Serializable {
  /**
   * Finds them.
   *
   * @param rows what the model reads
   * @param input for messages
   * @throws UserException if a column is of a type that is no such field's
   */
  static SideColumns of(StructType table, RowSchema rows, String input) {
    List<String> there = Arrays.asList(table.fieldNames());
    Map<String, FieldColumns> fields = new LinkedHashMap<>();
    Map<String, String> missing = new LinkedHashMap<>();
    rows.sides()
        .forEach(
            (field, kind) -> {
              FieldColumns columns = FieldColumns.of(kind, field);
              for (String name : columns.names()) {
                if (!there.contains(name)) {
                  missing.putIfAbsent(field, name);
                } else {
                  requireType(table.fields()[there.indexOf(name)].dataType(), name, kind, input);
                }
              }
              if (!missing.containsKey(field)) {
                fields.put(field, columns);
              }
            });
    return new SideColumns(fields, missing);
  }

  private static void requireType(DataType found, String column, FieldKind kind, String input) {
    boolean text = found.equals(DataTypes.StringType);
    boolean fits;
    String wanted;
    if (kind instanceof NumbersKind) {
      fits = FieldColumns.mayHoldNumbers(found);
      wanted = "a number";
    } else if (kind instanceof ImageKind) {
      fits = found.equals(DataTypes.BinaryType);
      wanted = "binary, the content of JPEG or PNG files";
    } else {
      fits = text;
      wanted = "string";
    }
    if (!fits) {
      throw UserException.cannot(
          "answer " + input,
          "its column " + Printable.of(column) + " is of type " + found.simpleString(),
          "the model reads it as a further field: make it " + wanted + ", or leave it out");
    }
  }

  /** Columns of texts. */
  String[] texts(StructType table) {
    return fields.values().stream()
        .filter(columns -> !columns.numbers())
        .flatMap(columns -> columns.names().stream())
        .filter(name -> table.apply(name).dataType().equals(DataTypes.StringType))
        .toArray(String[]::new);
  }

  /** Columns whose contents are images. */
  boolean isImage(StructType table, String column) {
    return fields.containsKey(column)
        && table.apply(column).dataType().equals(DataTypes.BinaryType);
  }

  /**
   * The fields that a row has.
   *
   * @throws UserException if what should be a number is none
   */
  Map<String, Object> of(Row row) {
    Map<String, Object> values = new LinkedHashMap<>();
    fields.forEach(
        (field, columns) -> {
          if (!columns.isMissingIn(row)) {
            values.put(field, columns.of(row));
          }
        });
    return values;
  }
}
