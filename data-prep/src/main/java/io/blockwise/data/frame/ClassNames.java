package io.blockwise.data.frame;

import static org.apache.spark.sql.functions.when;

import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;

/** Labels of DataFrames as names of classes. */
public final class ClassNames {
  private ClassNames() {}

  /**
   * Texts as they are, truth values as {@code true} and {@code false}, numbers as they are written:
   * 2 and not 2.0; NaN is no label.
   *
   * @return a column of strings; empty if the type has no names of classes
   */
  public static Optional<Column> of(Column label, DataType type) {
    if (type.equals(DataTypes.StringType)) {
      return Optional.of(label);
    }
    if (type.equals(DataTypes.BooleanType)) {
      return Optional.of(label.cast(DataTypes.StringType));
    }
    if (type instanceof NumericType) {
      Column number = label.cast(DataTypes.DoubleType);
      Column whole = number.cast(DataTypes.LongType);
      return Optional.of(
          when(number.isNaN(), null)
              .when(number.equalTo(whole), whole.cast(DataTypes.StringType))
              .otherwise(number.cast(DataTypes.StringType)));
    }
    return Optional.empty();
  }
}
