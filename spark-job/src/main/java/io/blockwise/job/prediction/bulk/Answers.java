package io.blockwise.job.prediction.bulk;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.to_json;

import io.blockwise.base.UserException;
import io.blockwise.job.config.PredictOptions;
import io.blockwise.job.prediction.Prediction;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * How answers look: what is kept of an example, then {@code prediction} (name of a class), {@code
 * confidence} (its probability), {@code exit_block} (from 1) and {@code probabilities} (of all
 * classes in their order).
 */
final class Answers {
  static final String PREDICTION = "prediction";
  static final String EXIT = "exit_block";
  private static final String CONFIDENCE = "confidence";
  private static final String PROBABILITIES = "probabilities";
  private static final List<StructField> FIELDS =
      List.of(
          DataTypes.createStructField(PREDICTION, DataTypes.StringType, false),
          DataTypes.createStructField(CONFIDENCE, DataTypes.DoubleType, false),
          DataTypes.createStructField(EXIT, DataTypes.IntegerType, false),
          DataTypes.createStructField(
              PROBABILITIES, DataTypes.createArrayType(DataTypes.DoubleType, false), false));

  private Answers() {}

  /**
   * Columns of answers to examples of which these are kept.
   *
   * @throws UserException if one of them has the name of an answer's
   */
  static StructType schema(StructType kept) {
    StructType all = kept;
    for (StructField field : FIELDS) {
      if (Arrays.asList(kept.fieldNames()).contains(field.name())) {
        throw UserException.cannot(
            "answer a table with a column " + field.name(),
            "answers have one of that name",
            "rename it");
      }
      all = all.add(field);
    }
    return all;
  }

  static Row row(Row kept, Prediction prediction) {
    Object[] values = new Object[kept.size() + FIELDS.size()];
    for (int i = 0; i < kept.size(); i++) {
      values[i] = kept.get(i);
    }
    values[kept.size()] = prediction.label();
    values[kept.size() + 1] = prediction.confidence();
    values[kept.size() + 2] = prediction.block();
    values[kept.size() + 3] =
        prediction.probabilities().stream().mapToDouble(Double::doubleValue).toArray();
    return RowFactory.create(values);
  }

  static void write(Dataset<Row> answers, PredictOptions options) {
    String output = options.output();
    switch (options.format()) {
      case PARQUET -> answers.write().parquet(output);
      case JSONL -> answers.write().json(output);
        // which knows no arrays
      case CSV ->
          answers
              .withColumn(PROBABILITIES, to_json(col(PROBABILITIES)))
              .write()
              .option("header", true)
              .csv(output);
    }
  }

  /** What was written. */
  static Dataset<Row> read(SparkSession spark, PredictOptions options) {
    String output = options.output();
    return switch (options.format()) {
      case PARQUET -> spark.read().parquet(output);
      case JSONL -> spark.read().json(output);
      case CSV -> spark.read().option("header", true).csv(output);
    };
  }
}
