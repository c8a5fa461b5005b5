package io.blockwise.job.prediction.bulk;

import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.NumbersKind;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;

/**
 * The columns of a table that a field is read from. Immutable.
 *
 * @param numbers whether its value is made of them all; else there is one
 */
record FieldColumns(List<String> names, boolean numbers) implements Serializable {
  FieldColumns {
    names = new ArrayList<>(names); // of which Spark knows how to send it
  }

  /**
   * Of a field.
   *
   * @param column of what is no numbers, which say themselves where they are
   */
  static FieldColumns of(FieldKind kind, String column) {
    return kind instanceof NumbersKind found
        ? new FieldColumns(found.columns(), true)
        : new FieldColumns(List.of(column), false);
  }

  /** Whether a column may hold a number: as such, or as the text of a csv file. */
  static boolean mayHoldNumbers(DataType type) {
    return type.equals(DataTypes.StringType) || type instanceof NumericType;
  }

  /** Whether something is missing in a row; texts may be empty. */
  boolean isMissingIn(Row row) {
    return names.stream().anyMatch(name -> isMissing(row.getAs(name)));
  }

  private boolean isMissing(Object value) {
    return value == null || numbers && value instanceof String text && text.isBlank();
  }

  /**
   * The value that a row has; null if it has none, and of numbers NaN where one is missing.
   *
   * @throws UserException if what should be a number is none
   */
  Object of(Row row) {
    if (!numbers) {
      return row.getAs(names.get(0));
    }
    float[] values = new float[names.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = number(names.get(i), row.getAs(names.get(i)));
    }
    return values;
  }

  private float number(String name, Object value) {
    try {
      if (isMissing(value)) {
        return Float.NaN;
      }
      return value instanceof Number number
          ? number.floatValue()
          : Float.parseFloat(((String) value).strip());
    } catch (NumberFormatException e) {
      throw UserException.cannot(
          "answer a row",
          Printable.of(name) + " is " + Printable.of(String.valueOf(value)),
          "give a number, or nothing",
          e);
    }
  }
}
