package io.blockwise.job.prediction.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.config.PredictOptions;
import io.blockwise.job.config.PredictOptions.Format;
import io.blockwise.job.config.Settings;
import io.blockwise.job.prediction.Pngs;
import io.blockwise.job.prediction.Prediction;
import io.blockwise.job.prediction.Predictor;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.job.training.SmallTexts;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.spec.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tables, images and data sets, answered in Spark's tasks. */
@Timeout(180)
@Tag("thorough")
class BulkPredictionTest {
  @TempDir static Path directory;

  private static ModelVersion texts;
  private static SparkSession spark;

  @TempDir Path own;

  @BeforeAll
  static void train() throws Exception {
    SmallTexts.prepare(directory);
    SmallRuns.train(
        SmallTexts.settings(
            directory, directory, "backbone=text-linear", "method=pred", "training.epochs=2"));
    texts = SmallRuns.published(directory);
    spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", "false").getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static String model() {
    return directory.resolve("out/models/small").toString();
  }

  private PredictOptions options(String model, Path input, String exit, Format format) {
    return options(model, input, exit, format, Optional.empty());
  }

  private PredictOptions options(
      String model, Path input, String exit, Format format, Optional<String> column) {
    return new PredictOptions(
        model,
        input.toString(),
        own.resolve("answers").toString(),
        Optional.ofNullable(exit),
        format,
        column,
        "test",
        16,
        new EngineChoice(EngineName.TORCH, Precision.FLOAT32));
  }

  private static double published(int block) {
    return texts.metrics().test().accuracy().get(block - 1);
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void aTableIsAnsweredAsTheTestSplitWasAndKeepsItsColumns(Format format) throws Exception {
    PredictOptions options = options(model(), directory.resolve("raw/test.csv"), "full", format);
    String said = SmallRuns.printed(() -> BulkPrediction.run(options));
    List<Row> answers = Answers.read(spark, options).collectAsList();
    assertThat(answers).hasSize(120);
    long right =
        answers.stream().filter(row -> row.getAs("label").equals(row.getAs("prediction"))).count();
    assertThat(right / 120.0).isEqualTo(published(3), within(1e-9));
    assertThat(said)
        .contains("120 answers in " + options.output(), "block 3 answered 120 (100.0 %)")
        .contains(String.format(Locale.ROOT, "%.2f %% are the column label", 100 * published(3)));
    assertThat(answers.get(0).schema().fieldNames())
        .containsExactlyInAnyOrder(
            "label", "text", "prediction", "confidence", "exit_block", "probabilities");
  }

  @Test
  void anEmptyTextOfATableIsAnsweredAndOtherEmptyValuesStayEmpty() throws Exception {
    Path table = Files.writeString(own.resolve("gaps.csv"), "note,text\n,word1\nb,\n");
    PredictOptions options = options(model(), table, "full", Format.PARQUET);
    SmallRuns.printed(() -> BulkPrediction.run(options));
    List<Row> answers = Answers.read(spark, options).orderBy("text").collectAsList();
    assertThat(answers).hasSize(2);
    assertThat(answers.get(0).<String>getAs("text")).isEmpty();
    assertThat(answers.get(1).isNullAt(0)).isTrue();
  }

  @Test
  void aDataSetIsAnsweredByAnyBlock() throws Exception {
    Path dataset;
    try (Stream<Path> sets = Files.list(directory.resolve("out/datasets"))) {
      dataset = sets.filter(Files::isDirectory).findFirst().orElseThrow();
    }
    PredictOptions options = options(model(), dataset, "1", Format.PARQUET);
    SmallRuns.printed(() -> BulkPrediction.run(options));
    List<Row> answers = Answers.read(spark, options).collectAsList();
    long right =
        answers.stream().filter(row -> row.getAs("label").equals(row.getAs("prediction"))).count();
    assertThat(right / 120.0).isEqualTo(published(1), within(1e-9));
    assertThat(answers.stream().map(row -> row.<Long>getAs("row")).distinct().count())
        .isEqualTo(120);
  }

  @Test
  void rowsLeaveAtTheBlockThatIsSureWhateverPartitionTheyAreIn() throws Exception {
    String version = model() + "/versions/" + texts.id();
    double threshold = thresholdThatSomeReach();
    String rule = "confidence=" + threshold;
    PredictOptions one = options(version, directory.resolve("raw/test.csv"), rule, Format.PARQUET);
    String said = SmallRuns.printed(() -> BulkPrediction.run(one));
    assertThat(said).contains("block 1 answered", "block 3 answered");
    Map<String, Integer> exits = new HashMap<>();
    for (Row row : Answers.read(spark, one).collectAsList()) {
      exits.put(row.getAs("text"), row.getAs("exit_block"));
      boolean sure = row.<Double>getAs("confidence") >= threshold;
      assertThat(sure || row.<Integer>getAs("exit_block") == 3).isTrue();
    }
    Path parts = Files.createDirectory(own.resolve("parts"));
    spark
        .read()
        .option("header", true)
        .csv(one.input())
        .repartition(5)
        .write()
        .mode("overwrite")
        .json(parts.toString());
    PredictOptions other =
        new PredictOptions(
            version,
            parts.toString(),
            own.resolve("others").toString(),
            Optional.of(rule),
            Format.JSONL,
            Optional.of("text"),
            "test",
            7,
            one.engine());
    SmallRuns.printed(() -> BulkPrediction.run(other));
    for (Row row : Answers.read(spark, other).collectAsList()) {
      assertThat(row.<Long>getAs("exit_block").intValue())
          .isEqualTo(exits.get(row.<String>getAs("text")));
    }
  }

  /** Between two confidences of the first exit, far from both, so that rounding does not matter. */
  private static double thresholdThatSomeReach() throws Exception {
    List<String> asked =
        spark
            .read()
            .option("header", true)
            .csv(directory.resolve("raw/test.csv").toString())
            .select("text")
            .na()
            .fill("")
            .as(Encoders.STRING())
            .collectAsList();
    EngineChoice torch = new EngineChoice(EngineName.TORCH, Precision.FLOAT32);
    try (Predictor<String> predictor = Predictor.ofTexts(texts, torch)) {
      double[] sorted =
          predictor.answer(asked, new ExitRule.Shortcut(1)).stream()
              .mapToDouble(Prediction::confidence)
              .sorted()
              .toArray();
      int middle = sorted.length / 2;
      while (sorted[middle] - sorted[middle - 1] < 1e-4) {
        middle++;
      }
      return (sorted[middle] + sorted[middle - 1]) / 2;
    }
  }

  @Test
  void filesOfImagesAreAnsweredByTheirPath(@TempDir Path images) throws Exception {
    Settings settings = SmallRuns.settings(images, "training.epochs=1");
    SmallRuns.train(settings);
    Path files = Files.createDirectory(own.resolve("images"));
    var dataset = SmallRuns.parts(settings).dataset();
    var rows = SmallRuns.rows(dataset, dataset.manifest().split(Split.TEST).shards());
    List<byte[]> pngs = Pngs.of(rows.get(0));
    for (int i = 0; i < 10; i++) {
      Files.write(files.resolve("image" + i + ".png"), pngs.get(i));
    }
    String model = SmallRuns.versions(images).getParent().toString();
    PredictOptions options = options(model, files, "full", Format.CSV);
    SmallRuns.printed(() -> BulkPrediction.run(options));
    List<Row> answers = Answers.read(spark, options).collectAsList();
    assertThat(answers).hasSize(10);
    assertThat(answers.get(0).<String>getAs("path")).endsWith(".png");
    Files.write(files.resolve("image3.png"), new byte[] {1, 2, 3});
    PredictOptions again =
        new PredictOptions(
            model,
            files.toString(),
            own.resolve("again").toString(),
            Optional.of("full"),
            Format.CSV,
            Optional.empty(),
            "test",
            16,
            options.engine());
    assertThatThrownBy(() -> BulkPrediction.run(again))
        .hasStackTraceContaining("Cannot answer an image: ")
        .hasStackTraceContaining("image3.png");
  }

  @Test
  void whatTheModelDoesNotReadIsRefused() throws Exception {
    Path table = Files.writeString(own.resolve("some.csv"), "label,review\nmoney,word1 word2\n");
    assertRefused(table, "full", Optional.empty())
        .hasMessage(
            "Cannot answer "
                + table
                + ": it has no column text (name one with --column: label, review)");
    assertRefused(own.resolve("none.csv"), "full", Optional.empty())
        .hasMessageContaining("it does not exist");
    Path empty = Files.createDirectory(own.resolve("empty"));
    assertRefused(empty, "full", Optional.empty())
        .hasMessageContaining("there is no data set, table or image");
    Path numbers = Files.writeString(own.resolve("some.jsonl"), "{\"text\": 3}\n");
    assertRefused(numbers, "full", Optional.empty())
        .hasMessageContaining("its column text is of type bigint (the model reads texts");
    Path taken = Files.writeString(own.resolve("taken.csv"), "prediction,text\nmoney,word1\n");
    assertRefused(taken, "full", Optional.empty())
        .hasMessageContaining("answers have one of that name (rename it)");
    assertRefused(table, "4", Optional.of("review"))
        .hasMessage("Invalid block: 4 (must be from 1 to 3)");
    assertRefused(table, "confidence=1.5", Optional.of("review"))
        .hasMessageContaining("Invalid threshold: 1.5");
    assertRefused(table, "sure", Optional.of("review"))
        .hasMessageStartingWith("Invalid --exit: sure (must be full, ");
    Path nulls = Files.writeString(own.resolve("nulls.jsonl"), "{\"text\": null, \"a\": \"b\"}\n");
    assertThatThrownBy(() -> run(nulls, "full", Optional.of("text")))
        .hasStackTraceContaining("Cannot answer the row [b,null]: it has no example");
    assertThat(own.resolve("answers")).doesNotExist();
    Path broken = Files.writeString(own.resolve("broken.jsonl"), "{\"text\": \"word1\"}\n{\"te\n");
    assertThatThrownBy(() -> run(broken, "full", Optional.of("text")))
        .hasStackTraceContaining("Cannot answer the row [{\"te,null]: it has no example");
  }

  private void run(Path input, String exit, Optional<String> column) {
    try {
      BulkPrediction.run(options(model(), input, exit, Format.PARQUET, column));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      Path input, String exit, Optional<String> column) {
    return assertThatThrownBy(() -> run(input, exit, column)).isInstanceOf(UserException.class);
  }

  @Test
  void anOutputThatIsThereIsNotWrittenOver() throws Exception {
    Files.createDirectory(own.resolve("answers"));
    assertRefused(directory.resolve("raw/test.csv"), "full", Optional.empty())
        .hasMessageContaining("it is there already (name another directory, or delete it)");
  }
}
