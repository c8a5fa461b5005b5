package io.blockwise.spark;

import io.blockwise.base.UserException;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The parameters that name columns, with Spark ML's names and defaults. Immutable. */
final class Columns {
  final Param<String> features;
  final Param<String> label;
  final Param<String> weight;
  final Param<String> prediction;
  final Param<String> probability;
  final Param<String> rawPrediction;
  final Param<String> predictedLabel;

  private final Params owner;

  Columns(Params owner) {
    this.owner = owner;
    features =
        new Param<>(
            owner,
            "featuresCol",
            "column of what is classified: vectors or arrays of numbers, texts, the content of JPEG"
                + " or PNG files, or images in Spark's schema");
    label = new Param<>(owner, "labelCol", "column of the classes, numbers or names");
    weight =
        new Param<>(
            owner,
            "weightCol",
            "column of what rows count in cross-entropies, numbers above 0; empty: all alike");
    prediction =
        new Param<>(
            owner,
            "predictionCol",
            "column for the class that is answered: its number, and of named classes the position"
                + " among them");
    probability =
        new Param<>(owner, "probabilityCol", "column for the probabilities of all classes");
    rawPrediction =
        new Param<>(owner, "rawPredictionCol", "column for the logarithms of the probabilities");
    predictedLabel =
        new Param<>(owner, "predictedLabelCol", "column for the name of the class; empty for none");
  }

  /** The name that a parameter has. */
  String name(Param<String> column) {
    return owner.getOrDefault(column);
  }

  /** Columns behind those of a frame, which are not in it before. */
  List<StructField> answers() {
    StructType all =
        new StructType()
            .add(name(rawPrediction), SQLDataTypes.VectorType(), false)
            .add(name(probability), SQLDataTypes.VectorType(), false)
            .add(name(prediction), DataTypes.DoubleType, false)
            .add(name(predictedLabel), DataTypes.StringType, false);
    return Arrays.stream(all.fields()).filter(field -> !field.name().isEmpty()).toList();
  }

  /**
   * The columns of answers to a frame.
   *
   * @throws UserException if the column of features is not there or of no use, or another has the
   *     name of an answer's
   */
  StructType answered(StructType frame) {
    Examples.kind(this, frame);
    StructType all = frame;
    for (StructField field : answers()) {
      if (Arrays.asList(frame.fieldNames()).contains(field.name())) {
        throw UserException.cannot(
            "answer a DataFrame with a column " + field.name(),
            "answers have one of that name",
            "rename it, or set another of the model's columns");
      }
      all = all.add(field);
    }
    return all;
  }

  /**
   * Type of a column.
   *
   * @throws UserException if it is not there
   */
  DataType type(StructType frame, Param<String> column) {
    List<String> names = Arrays.asList(frame.fieldNames());
    String name = name(column);
    if (!names.contains(name)) {
      throw UserException.cannot(
          "use a DataFrame without a column " + name,
          "it has " + String.join(", ", names),
          "set " + column.name() + " to one of them");
    }
    return frame.fields()[names.indexOf(name)].dataType();
  }
}
