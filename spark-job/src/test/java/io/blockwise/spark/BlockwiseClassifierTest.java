package io.blockwise.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.JavaConverters;

@Timeout(240)
class BlockwiseClassifierTest {
  private static final List<String> GOOD = List.of("fine", "lovely", "warm", "bright");
  private static final List<String> BAD = List.of("dull", "cold", "grim", "sour");
  private static final List<String> OTHER = List.of("the", "film", "was", "a", "day", "so");

  @TempDir static Path models;
  private static SparkSession spark;
  private static BlockwiseModel model;

  @TempDir Path directory;

  @BeforeAll
  static void trainOnce() {
    spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", "false").getOrCreate();
    model = texts(models).fit(frame(300, 1));
  }

  private static BlockwiseClassifier texts(Path output) {
    return new BlockwiseClassifier()
        .setFeaturesCol("said")
        .setLabelCol("mood")
        .setProgress(false)
        .with("output", output.toString())
        .with("backbone", "text-linear")
        .with("method", "pred")
        .with("text-linear.embedding.width", 16)
        .with("text-linear.hidden", List.of(16))
        .with("training.batch-size", 16)
        .with("training.epochs", 6)
        .with("training.learning-rate", 0.02);
  }

  private static Dataset<Row> frame(int rows, long seed) {
    Random random = new Random(seed);
    List<Row> all = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      List<String> words = new ArrayList<>();
      for (int k = 0; k < 6; k++) {
        words.add(OTHER.get(random.nextInt(OTHER.size())));
      }
      List<String> mood = i % 2 == 0 ? GOOD : BAD;
      words.set(random.nextInt(6), mood.get(random.nextInt(4)));
      all.add(RowFactory.create(i, String.join(" ", words), i % 2 == 0 ? "good" : "bad"));
    }
    return spark.createDataFrame(
        all,
        new StructType()
            .add("id", DataTypes.IntegerType)
            .add("said", DataTypes.StringType)
            .add("mood", DataTypes.StringType));
  }

  private static double accuracy(Dataset<Row> answered) {
    return (double) answered.filter(col("predictedLabel").equalTo(col("mood"))).count()
        / answered.count();
  }

  @Test
  void aModelOfTextsAnswersRowsItHasNotSeen() {
    Dataset<Row> answered = model.transform(frame(100, 2));
    assertThat(accuracy(answered)).isGreaterThan(0.9);
    assertThat(answered.columns())
        .containsExactly(
            "id", "said", "mood", "rawPrediction", "probability", "prediction", "predictedLabel");
    for (Row row : answered.collectAsList()) {
      Vector probability = row.getAs("probability");
      assertThat(probability.size()).isEqualTo(2);
      int position = ((Double) row.getAs("prediction")).intValue();
      assertThat(probability.argmax()).isEqualTo(position);
      assertThat(model.labels().get(position)).isEqualTo(row.getAs("predictedLabel"));
    }
  }

  @Test
  void aShortcutIsAnsweredByItsBlock() {
    BlockwiseModel first = model.copy(ParamMap.empty()).setExit("1");
    assertThat(first.transform(frame(20, 3)).count()).isEqualTo(20);
    assertThatThrownBy(() -> first.setExit("9")).hasMessageContaining("must be from 1 to 2");
  }

  @Test
  void equalRowsArePreparedOnceInWhateverOrderTheyCome() throws IOException {
    Dataset<Row> rows = frame(300, 1);
    texts(models).with("training.epochs", 1).fit(rows.repartition(5).orderBy("said"));
    try (Stream<Path> sets = Files.list(models.resolve("datasets"))) {
      assertThat(sets.filter(set -> !set.getFileName().toString().startsWith("."))).hasSize(1);
    }
  }

  @Test
  void aModelThatIsWrittenAndReadAnswersTheSame() throws IOException {
    String path = directory.resolve("saved").toString();
    model.write().save(path);
    BlockwiseModel read = BlockwiseModel.load(path);
    Dataset<Row> rows = frame(30, 4);
    assertThat(answers(read, rows)).isEqualTo(answers(model, rows));
    assertThat(Path.of(path, "model/LATEST")).exists();
    assertThatThrownBy(() -> BlockwiseModel.load(directory.toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it has no directory model");
  }

  @Test
  void anEstimatorThatIsWrittenAndReadHasTheSameParameters() throws IOException {
    String path = directory.resolve("estimator").toString();
    BlockwiseClassifier estimator = texts(directory);
    estimator.write().save(path);
    BlockwiseClassifier read = BlockwiseClassifier.load(path);
    assertThat(read.extractParamMap().toSeq().size())
        .isEqualTo(estimator.extractParamMap().toSeq().size());
    assertThat(read.getOrDefault(read.setting("training.epochs"))).isEqualTo(6);
    assertThat(read.explainParams()).contains("training.learning-rate", "current: 0.02");
  }

  @Test
  void aPipelineIsWrittenAndReadWithTheModelInIt() throws IOException {
    String path = directory.resolve("pipeline").toString();
    Pipeline pipeline =
        new Pipeline().setStages(new PipelineStage[] {texts(models).with("training.epochs", 1)});
    PipelineModel fitted = pipeline.fit(frame(300, 1));
    fitted.write().save(path);
    Dataset<Row> rows = frame(10, 5);
    assertThat(PipelineModel.load(path).transform(rows).select("probability").collectAsList())
        .isEqualTo(fitted.transform(rows).select("probability").collectAsList());
  }

  @Test
  void framesThatCannotBeTrainedOnAreRefusedInOneLine() {
    BlockwiseClassifier estimator = texts(directory);
    refused(estimator, frame(20, 1).filter(lit(false)), "it has no rows");
    refused(estimator, frame(20, 1).withColumn("mood", lit(null).cast("string")), "have no label");
    refused(estimator, frame(20, 1).withColumn("said", lit(1)), "it is of type int");
    refused(estimator, frame(20, 1).drop("mood"), "without a column mood");
    refused(estimator, frame(20, 1).withColumn("mood", lit("one")), "two classes");
    refused(estimator, frame(20, 1).withColumn("prediction", lit(1)), "a column prediction");
    BlockwiseClassifier weighted = texts(directory).setWeightCol("weight");
    refused(weighted, frame(20, 1), "without a column weight");
    refused(weighted, frame(20, 1).withColumn("weight", lit("1")), "it is of type string");
    for (Object none : new Object[] {0, -1.5, Double.NaN, 1e-60, Double.POSITIVE_INFINITY}) {
      refused(
          weighted,
          frame(20, 1).withColumn("weight", when(col("id").equalTo(3), none).otherwise(1)),
          "Cannot train on column weight: 1 row has no weight above 0 (fill it in, or leave");
    }
    refused(
        weighted,
        frame(20, 1).withColumn("weight", lit(null).cast("int")),
        "20 rows have no weight above 0");
    refused(
        texts(directory).setFeaturesCol("image").setWeightCol("id"),
        frame(20, 1).withColumn("image", lit(new byte[4])),
        "they are images, which have no weights (leave weightCol empty, and weigh classes");
    assertThatThrownBy(() -> estimator.with("training.epoch", 3))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("training.epoch");
    assertThat(directory.resolve("models")).doesNotExist();
  }

  /** Half of the rows say the opposite of the others, and count little. */
  @Test
  void rowsCountAsTheirColumnSays() {
    Dataset<Row> rows = frame(300, 11).withColumn("counts", lit(2));
    Column opposite = when(col("mood").equalTo("good"), "bad").otherwise("good");
    Dataset<Row> wrong =
        frame(300, 12).withColumn("mood", opposite).withColumn("counts", lit(0.125));
    Dataset<Row> both = rows.union(wrong);
    BlockwiseModel weighted = texts(models).setWeightCol("counts").fit(both);
    assertThat(accuracy(weighted.transform(frame(100, 13)))).isGreaterThan(0.9);
  }

  /** A label of numbers is answered by numbers, which Spark's evaluators compare it with. */
  @Test
  void aSearchFindsTheBetterSettings() {
    BlockwiseClassifier estimator = texts(models).setLabelCol("good");
    Dataset<Row> rows =
        frame(400, 6).withColumn("good", col("mood").equalTo("good").cast("double"));
    ParamMap[] grid =
        new ParamGridBuilder()
            .addGrid(
                estimator.setting("training.learning-rate"),
                JavaConverters.asScalaBuffer(List.<Object>of(1e-7, 0.05)).toSeq())
            .build();
    CrossValidatorModel found =
        new CrossValidator()
            .setEstimator(estimator)
            .setEvaluator(
                new MulticlassClassificationEvaluator()
                    .setLabelCol("good")
                    .setMetricName("accuracy"))
            .setEstimatorParamMaps(grid)
            .setNumFolds(2)
            .setParallelism(2)
            .setSeed(1)
            .fit(rows);
    assertThat(found.avgMetrics()[1]).isGreaterThan(0.9).isGreaterThan(found.avgMetrics()[0]);
    assertThat(found.transform(rows).where("prediction = good").count()).isGreaterThan(350);
  }

  @Test
  void rowsOfAStreamAreAnswered() throws Exception {
    Path in = Files.createDirectories(directory.resolve("in"));
    frame(40, 7).coalesce(1).write().mode("overwrite").json(in.toString());
    Dataset<Row> stream = spark.readStream().schema(frame(1, 7).schema()).json(in.toString());
    StreamingQuery query =
        model.transform(stream).writeStream().format("memory").queryName("answers").start();
    query.processAllAvailable();
    query.stop();
    assertThat(accuracy(spark.table("answers"))).isGreaterThan(0.9);
    assertThat(spark.table("answers").count()).isEqualTo(40);
  }

  @Test
  void afterTrainingsThatFailAndSucceedNothingOfThemIsLeft() {
    for (int i = 0; i < 4; i++) { // more models than stay loaded to answer
      texts(directory).with("training.epochs", 1).fit(frame(200, 8)).transform(frame(4, 1)).count();
    }
    int loaded = threads().size();
    texts(directory).with("training.epochs", 1).fit(frame(200, 8)).transform(frame(4, 1)).count();
    assertThat(threads()).hasSizeLessThanOrEqualTo(loaded);
    BlockwiseClassifier failing = texts(directory).with("training.learning-rate", 1e30);
    BlockwiseClassifier good = texts(directory).with("training.epochs", 1);
    Dataset<Row> rows = frame(200, 8);
    good.fit(rows);
    Set<String> before = threads();
    assertThatThrownBy(() -> failing.fit(rows)).hasMessageContaining("not finite");
    good.fit(rows);
    assertThat(threads()).isEqualTo(before);
    assertThat(spark.sparkContext().isStopped()).isFalse();
  }

  @Test
  void aSecondTrainingOfOneModelIsRefusedWhileTheFirstIsAtWork() throws Exception {
    Dataset<Row> rows = frame(200, 9);
    FutureTask<BlockwiseModel> first =
        new FutureTask<>(() -> named("moods").with("training.epochs", 10_000).fit(rows));
    Thread thread = new Thread(first, "first");
    thread.start();
    while (!isLocked("moods") && !first.isDone()) {
      Thread.sleep(10);
    }
    refused(named("moods"), rows, "moods");
    thread.interrupt();
    assertThatThrownBy(first::get).hasMessageContaining("interrupted");
    assertThat(named("moods").with("training.epochs", 1).fit(rows).labels()).hasSize(2);
  }

  private BlockwiseClassifier named(String name) {
    return texts(directory).with("model.name", name);
  }

  private boolean isLocked(String name) throws IOException {
    Path models = directory.resolve("models");
    try (Stream<Path> files = Files.exists(models) ? Files.list(models) : Stream.empty()) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith("." + name + ".lock"));
    }
  }

  @Test
  void aModelOfAnotherFormatIsRefused() throws IOException {
    Path written = directory.resolve("written");
    model.write().overwrite().save(written.toString());
    Path manifest;
    try (Stream<Path> files = Files.walk(written)) {
      manifest = files.filter(file -> file.endsWith("manifest.json")).findFirst().orElseThrow();
    }
    String json = Files.readString(manifest);
    Files.deleteIfExists(manifest.resolveSibling(".manifest.json.crc"));
    Files.writeString(manifest, json.replaceFirst("(\"format_version\" *: *)1", "$199"));
    assertThatThrownBy(
            () -> BlockwiseModel.load(written.toString()).transform(frame(4, 1)).collectAsList())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("has format version 99 (this Blockwise reads 1)");
  }

  /** What a row is called says nothing of its answer. */
  @Test
  void rowsWithALabelThatWasNeverSeenOrNoneAreAnswered() {
    Dataset<Row> rows = frame(20, 10);
    List<Row> expected = answers(model, rows);
    assertThat(answers(model, rows.withColumn("mood", lit("odd")))).isEqualTo(expected);
    assertThat(answers(model, rows.drop("mood"))).isEqualTo(expected);
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("blockwise"))
        .collect(Collectors.toSet());
  }

  private static void refused(BlockwiseClassifier estimator, Dataset<Row> frame, String why) {
    assertThatThrownBy(() -> estimator.fit(frame))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(why)
        .message()
        .doesNotContain("\n");
  }

  private static List<Row> answers(BlockwiseModel model, Dataset<Row> rows) {
    return model.transform(rows).orderBy("id").select("probability", "prediction").collectAsList();
  }
}
