package io.blockwise.spark;

import static org.apache.spark.sql.functions.col;

import io.blockwise.base.UserException;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.image.ImageSchema;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;

/** What a column of features holds, and how it is read. */
enum Examples {
  /** Vectors or arrays of numbers. */
  NUMBERS,
  /** Strings. */
  TEXTS,
  /** Contents of JPEG and PNG files, or images in Spark's schema. */
  IMAGES;

  /**
   * Of the column of features.
   *
   * @throws UserException if it is not there, or of a type that says nothing
   */
  static Examples kind(Columns columns, StructType frame) {
    DataType type = columns.type(frame, columns.features);
    if (isVector(type) || isArray(type)) {
      return NUMBERS;
    }
    if (type.equals(DataTypes.StringType)) {
      return TEXTS;
    }
    if (type.equals(DataTypes.BinaryType)
        || type.simpleString().equals(ImageSchema.columnSchema().simpleString())) {
      return IMAGES;
    }
    throw UserException.cannot(
        "use column " + columns.name(columns.features),
        "it is of type " + type.simpleString(),
        "name a column of vectors, arrays of numbers, texts, contents of JPEG or PNG files or"
            + " images: featuresCol");
  }

  /** The values in the one form that they are hashed and written in. */
  Column values(Columns columns, StructType frame) {
    Column column = col("`" + columns.name(columns.features) + "`");
    DataType type = columns.type(frame, columns.features);
    return switch (this) {
      case NUMBERS ->
          (isVector(type) ? functions.vector_to_array(column, "float64") : column)
              .cast(DataTypes.createArrayType(DataTypes.FloatType));
      case TEXTS, IMAGES -> column;
    };
  }

  private static boolean isVector(DataType type) {
    return type.equals(SQLDataTypes.VectorType());
  }

  private static boolean isArray(DataType type) {
    return type instanceof ArrayType array && array.elementType() instanceof NumericType;
  }
}
