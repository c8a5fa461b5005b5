package io.blockwise.spark;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Vectors and arrays of numbers, with labels from 0 as Spark ML has them. */
@Timeout(240)
class NumberFramesTest {
  @TempDir static Path directory;
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", "false").getOrCreate();
  }

  /** Three clouds, of classes 0, 2 and 10, in numbers of very different size. */
  private static Dataset<Row> clouds(int rows, long seed) {
    Random random = new Random(seed);
    List<Row> all = new ArrayList<>();
    double[] labels = {0, 2, 10};
    for (int i = 0; i < rows; i++) {
      double x = 1000 * (i % 3) + 150 * random.nextGaussian();
      double y = 0.001 * (i % 3 == 1 ? 1 : 0) + 0.0001 * random.nextGaussian();
      Vector vector = i % 2 == 0 ? Vectors.dense(x, y, 0) : Vectors.dense(x, y, 0).toSparse();
      all.add(RowFactory.create(vector, labels[i % 3]));
    }
    return spark.createDataFrame(
        all,
        new StructType()
            .add("features", SQLDataTypes.VectorType())
            .add("label", DataTypes.DoubleType));
  }

  private static BlockwiseClassifier classifier() {
    return new BlockwiseClassifier()
        .setProgress(false)
        .with("output", directory.toString())
        .with("backbone", "mlp")
        .with("mlp.hidden", List.of(16, 16))
        .with("method", "pred")
        .with("training.batch-size", 16)
        .with("training.epochs", 6)
        .with("training.learning-rate", 0.01);
  }

  private static double accuracy(Dataset<Row> answered) {
    return new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(answered);
  }

  @Test
  void vectorsAreLearnedAsWellAsBySparksOwnNetwork() {
    Dataset<Row> train = clouds(400, 1);
    Dataset<Row> test = clouds(200, 2);
    BlockwiseModel model = classifier().fit(train);
    Dataset<Row> answered = model.transform(test);
    assertThat(accuracy(answered)).isGreaterThan(0.95);
    assertThat(model.labels()).containsExactlyInAnyOrder("0", "2", "10");
    for (Row row : answered.collectAsList()) {
      Vector probability = row.getAs("probability");
      double[] inOrder = {0, 2, 10};
      assertThat(inOrder[probability.argmax()]).isEqualTo(row.<Double>getAs("prediction"));
    }
    double own =
        accuracy(
            new MultilayerPerceptronClassifier()
                .setLayers(new int[] {3, 16, 16, 11})
                .setSeed(1)
                .fit(train)
                .transform(test));
    assertThat(accuracy(answered)).isGreaterThan(own - 0.05);
  }

  @Test
  void arraysAreVectors() {
    Dataset<Row> arrays =
        clouds(200, 3)
            .withColumn(
                "a", org.apache.spark.ml.functions.vector_to_array(col("features"), "float64"))
            .withColumn("features", array(col("a").getItem(0), col("a").getItem(1)))
            .drop("a");
    BlockwiseModel model = classifier().fit(arrays);
    assertThat(accuracy(model.transform(arrays))).isGreaterThan(0.95);
    Dataset<Row> longer = clouds(10, 4);
    assertThatThrownBy(() -> model.transform(longer).count())
        .rootCause()
        .hasMessageContaining("it has 3 numbers (give one for each of x0, x1)");
  }

  @Test
  void vectorsOfDifferentLengthsAndNumbersThatAreMissingAreRefused() {
    Dataset<Row> mixed =
        clouds(20, 5)
            .union(
                spark.createDataFrame(
                    List.of(RowFactory.create(Vectors.dense(1, 2), 0.0)), clouds(1, 1).schema()));
    assertThatThrownBy(() -> classifier().fit(mixed))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("vectors of 2 and of 3 numbers");
    Dataset<Row> holes =
        clouds(120, 5)
            .union(
                spark.createDataFrame(
                    List.of(RowFactory.create(Vectors.dense(1, Double.NaN, 0), 0.0)),
                    clouds(1, 1).schema()));
    assertThatThrownBy(() -> classifier().fit(holes))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("x1");
    assertThat(classifier().with("data.table.missing", "mean").fit(holes).labels()).hasSize(3);
  }
}
