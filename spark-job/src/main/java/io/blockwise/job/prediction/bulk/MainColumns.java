package io.blockwise.job.prediction.bulk;

import io.blockwise.base.Printable;
import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.NumbersKind;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.job.config.PredictOptions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns of a table in which a model's main field is. */
final class MainColumns {
  private MainColumns() {}

  /**
   * Finds them.
   *
   * @param kind of the table's files
   * @throws io.blockwise.base.UserException if they are not there, or none that the model could
   *     read
   */
  static FieldColumns of(StructType schema, String kind, PredictOptions options, FieldKind field) {
    if (field instanceof NumbersKind numbers) {
      requireColumns(schema, numbers.columns(), options);
      return FieldColumns.of(field, "");
    }
    boolean texts = field instanceof TokensKind;
    String column = options.column().orElse(usual(kind, texts));
    requireColumn(schema, column, texts, options);
    return FieldColumns.of(field, column);
  }

  private static void requireColumns(
      StructType schema, List<String> columns, PredictOptions options) {
    List<String> names = Arrays.asList(schema.fieldNames());
    String read = columns.stream().map(Printable::of).collect(Collectors.joining(", "));
    if (options.column().isPresent()) {
      throw Questions.refused(
          options,
          "--column names " + Printable.of(options.column().get()),
          "leave it out: the model reads columns " + read);
    }
    for (String column : columns) {
      if (!names.contains(column)) {
        throw Questions.refused(
            options,
            "it has no column " + Printable.of(column),
            "give a table with all columns that the model reads: " + read);
      }
      DataType type = schema.fields()[names.indexOf(column)].dataType();
      if (!FieldColumns.mayHoldNumbers(type)) {
        throw Questions.refused(
            options,
            "its column " + Printable.of(column) + " is of type " + type.simpleString(),
            "the model reads numbers there: make it a number");
      }
    }
  }

  private static String usual(String kind, boolean texts) {
    if (kind.equals(Questions.LINES)) {
      return "value";
    }
    return texts ? "text" : Questions.CONTENT;
  }

  private static void requireColumn(
      StructType schema, String column, boolean texts, PredictOptions options) {
    List<String> names = Arrays.asList(schema.fieldNames());
    if (!names.contains(column)) {
      throw Questions.refused(
          options,
          "it has no column " + column,
          "name one with --column: "
              + names.stream().map(Printable::of).collect(Collectors.joining(", ")));
    }
    DataType type = schema.fields()[names.indexOf(column)].dataType();
    DataType wanted = texts ? DataTypes.StringType : DataTypes.BinaryType;
    if (!type.equals(wanted)) {
      throw Questions.refused(
          options,
          "its column " + column + " is of type " + type.simpleString(),
          texts
              ? "the model reads texts: name a column of type string with --column"
              : "the model reads images: name a column of type binary with --column, which holds"
                  + " the content of JPEG or PNG files");
    }
  }
}
