package io.blockwise.job.bench;

import io.blockwise.spark.BlockwiseClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongFunction;
import ml.dmlc.xgboost4j.scala.spark.XGBoostClassifier;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Classifiers of Spark ML beside each other on tables of numbers, in one session on two cores: time
 * to fit, and accuracy on rows that were not fitted to. Prints a line for every fit.
 */
final class TableClassifiers {
  private static final int SEEDS = 3;
  private static final String FEATURES = "features";
  private static final StructType SCHEMA =
      new StructType()
          .add(FEATURES, SQLDataTypes.VectorType())
          .add("label", DataTypes.DoubleType);

  private final SparkSession spark;
  private final Path output;

  private TableClassifiers(SparkSession spark, Path output) {
    this.spark = spark;
    this.output = output;
  }

  /**
   * Runs all.
   *
   * @param arguments file of Iris as scikit-learn has it (a line of numbers of rows and columns,
   *     then rows of four numbers and a class), and how many rows to generate
   */
  public static void main(String... arguments) throws IOException {
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate();
    TableClassifiers bench = new TableClassifiers(spark, Files.createTempDirectory("tables"));
    bench.run("iris", bench.frame(iris(Path.of(arguments[0]))), 4, 3, 100, 16);
    int rows = Integer.parseInt(arguments[1]);
    bench.run("generated " + rows, bench.frame(clouds(rows)), 20, 5, 10, 256);
    spark.stop();
  }

  private static List<Row> iris(Path file) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file).subList(1, 151)) {
      String[] values = line.split(",", -1);
      double[] numbers = new double[4];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = Double.parseDouble(values[i]);
      }
      rows.add(RowFactory.create(Vectors.dense(numbers), Double.parseDouble(values[4])));
    }
    return rows;
  }

  /** Five classes of four clouds each in ten numbers, which overlap, beside ten of noise. */
  private static List<Row> clouds(int count) {
    Random random = new Random(11);
    double[][] centres = new double[20][10];
    for (double[] centre : centres) {
      for (int i = 0; i < centre.length; i++) {
        centre[i] = 1.2 * random.nextGaussian();
      }
    }
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      int cloud = random.nextInt(centres.length);
      double[] numbers = new double[20];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (i < 10 ? centres[cloud][i] : 0) + random.nextGaussian();
      }
      rows.add(RowFactory.create(Vectors.dense(numbers), (double) (cloud % 5)));
    }
    return rows;
  }

  private Dataset<Row> frame(List<Row> rows) {
    return spark.createDataFrame(rows, SCHEMA).repartition(2).cache();
  }

  private void run(
      String name, Dataset<Row> all, int columns, int classes, int epochs, int batch) {
    all.count();
    Map<String, LongFunction<Estimator<?>>> estimators = new TreeMap<>();
    for (String method : List.of("bp", "pred", "scpl")) {
      estimators.put("Blockwise " + method, seed -> blockwise(method, epochs, batch, seed));
    }
    estimators.put("MultilayerPerceptronClassifier", seed -> perceptron(columns, classes, seed));
    estimators.put("XGBoost4J-Spark", seed -> trees(classes, seed));
    for (long seed = 1; seed <= SEEDS; seed++) {
      Dataset<Row>[] parts = all.randomSplit(new double[] {.7, .3}, seed);
      Dataset<Row> train = parts[0].cache();
      Dataset<Row> test = parts[1].cache();
      System.out.printf("%s: %d to fit, %d to test%n", name, train.count(), test.count());
      for (Map.Entry<String, LongFunction<Estimator<?>>> one : estimators.entrySet()) {
        measure(name + ", seed " + seed + ", " + one.getKey(), one.getValue().apply(seed), train, test);
      }
      train.unpersist();
      test.unpersist();
    }
  }

  private static void measure(
      String what, Estimator<?> estimator, Dataset<Row> train, Dataset<Row> test) {
    long start = System.nanoTime();
    Model<?> model = estimator.fit(train);
    double fitted = (System.nanoTime() - start) / 1e9;
    start = System.nanoTime();
    double accuracy =
        new MulticlassClassificationEvaluator()
            .setMetricName("accuracy")
            .evaluate(model.transform(test));
    System.out.printf(
        Locale.ROOT,
        "%s: %.2f %% of test, fitted in %.1f s, answered in %.1f s%n",
        what,
        100 * accuracy,
        fitted,
        (System.nanoTime() - start) / 1e9);
  }

  private Estimator<?> blockwise(String method, int epochs, int batch, long seed) {
    return new BlockwiseClassifier()
        .setProgress(false)
        .with("output", output.toString())
        .with("engine", "torch")
        .with("backbone", "mlp")
        .with("mlp.hidden", List.of(128, 128))
        .with("method", method)
        .with("threads", 1)
        .with("workers.count", 2)
        .with("training.batch-size", batch)
        .with("training.epochs", epochs)
        .with("seed", seed);
  }

  /** Its columns standardised, as Blockwise does it by itself. */
  private static Estimator<?> perceptron(int columns, int classes, long seed) {
    return new Pipeline()
        .setStages(
            new PipelineStage[] {
              new StandardScaler()
                  .setWithMean(true)
                  .setInputCol(FEATURES)
                  .setOutputCol("standardised"),
              new MultilayerPerceptronClassifier()
                  .setFeaturesCol("standardised")
                  .setLayers(new int[] {columns, 128, 128, classes})
                  .setMaxIter(100)
                  .setSeed(seed)
            });
  }

  private static Estimator<?> trees(int classes, long seed) {
    XGBoostClassifier trees = new XGBoostClassifier();
    trees.set("numWorkers", 2);
    trees.set("numRound", 100);
    trees.set("numClass", classes);
    trees.set("objective", "multi:softprob");
    trees.set("seed", seed);
    return trees;
  }
}
