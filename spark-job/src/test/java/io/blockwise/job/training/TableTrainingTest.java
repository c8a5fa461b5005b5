package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.base.UserException;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.config.PredictOptions;
import io.blockwise.job.config.Settings;
import io.blockwise.job.evaluation.ModelEvaluation;
import io.blockwise.job.prediction.Example;
import io.blockwise.job.prediction.Prediction;
import io.blockwise.job.prediction.Predictor;
import io.blockwise.job.prediction.bulk.BulkPrediction;
import io.blockwise.model.artifact.InputField;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.spec.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs on tables of numbers. */
@Timeout(120) // what hangs shall fail
class TableTrainingTest {
  private static final EngineChoice TORCH = new EngineChoice(EngineName.TORCH, Precision.FLOAT32);
  private static final ExitRule FULL = new ExitRule.Shortcut(2);

  @TempDir static Path tables;

  @TempDir Path directory;

  @BeforeAll
  static void prepareTables() throws IOException {
    SmallTables.prepare(tables);
  }

  @BeforeEach
  void copyTables() {
    SmallRuns.copy(SmallRuns.output(tables), SmallRuns.output(directory));
  }

  private Settings settings(String... sets) throws IOException {
    return SmallTables.settings(tables, directory, sets);
  }

  @ParameterizedTest
  @CsvSource({"pred, 1, torch", "scpl, 2, torch", "pred, 2, dl4j"})
  void ringsAreLearnedFromNumbers(String method, int workers, String engine) throws Exception {
    learns(method, workers, engine);
  }

  @ParameterizedTest
  @Tag("thorough")
  @CsvSource({
    "bp, 1, torch",
    "predsim, 1, torch",
    "al, 1, torch",
    "deinforeg, 1, torch",
    "bp, 1, dl4j",
    "scpl, 1, dl4j",
    "al, 1, dl4j"
  })
  void everyMethodLearnsFromNumbers(String method, int workers, String engine) throws Exception {
    learns(method, workers, engine);
  }

  private void learns(String method, int workers, String engine) throws Exception {
    SmallRuns.train(settings("method=" + method, "workers=" + workers, "engine=" + engine));
    List<Double> accuracy = SmallRuns.published(directory).metrics().test().accuracy();
    assertThat(accuracy.get(accuracy.size() - 1)).isGreaterThan(0.9);
  }

  @Test
  void aModelAnswersRawRowsAsItDidAtTheEndOfTraining() throws Exception {
    Settings settings = settings("method=pred", "engine=torch", "training.epochs=3");
    SmallRuns.train(settings);
    ModelVersion version = SmallRuns.published(directory);
    assertThat(version.description().fields()).containsOnlyKeys("numbers");
    InputField.Numbers read = (InputField.Numbers) version.description().fields().get("numbers");
    assertThat(read.columns()).containsExactly("east", "north", "noise");
    assertThat(read.missingAsMean()).isFalse();
    double published = version.metrics().test().accuracy().get(1);
    assertThat(SmallRuns.printed(() -> ModelEvaluation.run(settings)))
        .contains(String.format(Locale.ROOT, "%.2f", 100 * published));

    List<String[]> test = SmallTables.test(tables);
    List<float[]> rows = test.stream().map(SmallTables::numbers).toList();
    try (Predictor<float[]> predictor = Predictor.ofNumbers(version, TORCH);
        Predictor<double[]> ofDoubles = Predictor.ofDoubles(version, TORCH);
        Predictor<Example> ofExamples = Predictor.ofExamples(version, TORCH)) {
      List<Prediction> answers = predictor.answer(rows, FULL);
      assertThat(share(test, answers)).isEqualTo(published, within(1e-9));
      assertThat(ofDoubles.answer(rows.stream().map(TableTrainingTest::doubles).toList(), FULL))
          .isEqualTo(answers);
      assertThat(ofExamples.answer(rows.stream().map(Example::of).toList(), FULL))
          .isEqualTo(answers);
      assertThatThrownBy(() -> predictor.answer(new float[] {1, 2}))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "Cannot answer a row: it has 2 numbers (give one for each of east, north, noise)");
      assertThatThrownBy(() -> predictor.answer(new float[] {1, Float.NaN, 2}))
          .isInstanceOf(UserException.class)
          .hasMessage("Cannot answer a row: north is missing (NaN) (give a finite number)");
    }
    assertThatThrownBy(() -> Predictor.ofTexts(version, TORCH))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the model reads numbers in field numbers");
  }

  private static double share(List<String[]> test, List<Prediction> answers) {
    return IntStream.range(0, test.size())
            .filter(i -> answers.get(i).label().equals(test.get(i)[2]))
            .count()
        / (double) test.size();
  }

  private static double[] doubles(float[] floats) {
    return IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray();
  }

  @Test
  void missingNumbersCountAsTheMeanInTrainingAndInAnswers(@TempDir Path gaps) throws Exception {
    SmallTables.prepareWithGaps(gaps);
    String mean = "data.table.missing=mean";
    SmallRuns.train(SmallTables.settings(gaps, gaps, mean, "method=pred", "engine=torch"));
    ModelVersion version = SmallRuns.published(gaps);
    InputField.Numbers read = (InputField.Numbers) version.description().fields().get("numbers");
    assertThat(read.missingAsMean()).isTrue();
    double published = version.metrics().test().accuracy().get(1);
    assertThat(published).isGreaterThan(0.8);

    List<String[]> test = SmallTables.test(gaps);
    try (Predictor<double[]> predictor = Predictor.ofDoubles(version, TORCH)) {
      List<double[]> rows = test.stream().map(row -> doubles(SmallTables.numbers(row))).toList();
      assertThat(rows).anyMatch(row -> Double.isNaN(row[0]));
      assertThat(share(test, predictor.answer(rows, FULL))).isEqualTo(published, within(1e-9));
      Prediction missing = predictor.answer(new double[] {Double.NaN, 0.001, Double.NaN});
      Prediction atMean =
          predictor.answer(new double[] {read.mean().get(0), 0.001, read.mean().get(2)});
      for (int c = 0; c < 3; c++) {
        assertThat(missing.probabilities().get(c))
            .isEqualTo(atMean.probabilities().get(c), within(1e-4));
      }
      assertThatThrownBy(() -> predictor.answer(new double[] {1e39, 0, 0}))
          .hasMessage("Cannot answer a row: east is Infinity (give a finite number)");
    }
    List<Row> answers = predicted(gaps, gaps.resolve("raw/test.csv"), Optional.empty());
    long right =
        answers.stream().filter(row -> row.getAs("class").equals(row.getAs("prediction"))).count();
    assertThat(right / 150.0).isEqualTo(published, within(1e-9));
    assertThatThrownBy(() -> evaluateOnOther(gaps))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot read field numbers, in which numbers may be missing: the model was trained on"
                + " rows that have all of them (use data that was prepared with"
                + " data.table.missing = refuse)");
  }

  /** A model that knows no missing numbers, on rows that lack some. */
  private void evaluateOnOther(Path gaps) throws Exception {
    SmallRuns.train(settings("method=pred", "engine=torch", "training.epochs=1"));
    Settings other =
        SmallTables.settings(
            gaps,
            directory,
            "data.table.missing=mean",
            "data.name=gaps",
            "evaluation.other-data=true");
    SmallRuns.copy(
        SmallRuns.output(gaps).resolve("datasets/table"),
        SmallRuns.output(directory).resolve("datasets/gaps"));
    ModelEvaluation.run(other);
  }

  private static List<Row> predicted(Path directory, Path input, Optional<String> column)
      throws Exception {
    PredictOptions options =
        new PredictOptions(
            directory.resolve("out/models/small").toString(),
            input.toString(),
            directory.resolve("answers").toString(),
            Optional.empty(),
            PredictOptions.Format.PARQUET,
            column,
            "test",
            16,
            TORCH);
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .getOrCreate()) {
      SmallRuns.printed(() -> BulkPrediction.run(options));
      return new ArrayList<>(spark.read().parquet(options.output()).collectAsList());
    }
  }

  @Test
  @Tag("thorough")
  void aTableThatLacksWhatTheModelReadsIsRefused() throws Exception {
    SmallRuns.train(settings("method=pred", "engine=torch", "training.epochs=1"));
    Path some = Files.writeString(directory.resolve("some.csv"), "east,noise\n1,2\n");
    assertThatThrownBy(() -> predicted(directory, some, Optional.empty()))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(
            "it has no column north (give a table with all columns that the model reads: east,"
                + " north, noise)");
    Path all = Files.writeString(directory.resolve("all.csv"), "east,north,noise\n1,,2\n");
    assertThatThrownBy(() -> predicted(directory, all, Optional.of("east")))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(
            "--column names east (leave it out: the model reads columns east, north, noise)");
    assertThatThrownBy(() -> predicted(directory, all, Optional.empty()))
        .hasStackTraceContaining("north is missing (NaN) (give a finite number) in the row");
    Path dates = directory.resolve("dates.jsonl");
    Files.writeString(dates, "{\"east\": 1, \"north\": true, \"noise\": 2}\n");
    assertThatThrownBy(() -> predicted(directory, dates, Optional.empty()))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(
            "its column north is of type boolean (the model reads numbers there: make it a"
                + " number)");
  }

  @Test
  void whatIsForImagesOrTextsIsRefusedInOneLine() throws Exception {
    Map<String, String> refused =
        Map.of(
            "backbone=vgg-small",
            "Invalid convolution input: [3] (must be a map [channels, height, width])",
            "backbone=text-linear",
            "Invalid embedding input: [3]",
            "training.augmentation=weak",
            "Invalid training.augmentation: weak (must be none for tables)",
            "training.augmentation=two-view",
            "Invalid training.augmentation: two-view (must be none for tables)",
            "data.side.numbers=[noise]",
            "(must be empty for table: it is for kind text alone)");
    for (Map.Entry<String, String> set : refused.entrySet()) {
      assertThatThrownBy(() -> SmallRuns.train(settings("method=pred", set.getKey())))
          .as(set.getKey())
          .isInstanceOf(UserException.class)
          .hasMessageContaining(set.getValue())
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }
  }
}
