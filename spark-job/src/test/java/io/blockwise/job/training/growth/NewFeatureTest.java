package io.blockwise.job.training.growth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.config.PredictOptions;
import io.blockwise.job.config.PredictOptions.Format;
import io.blockwise.job.config.Settings;
import io.blockwise.job.evaluation.ModelEvaluation;
import io.blockwise.job.prediction.Example;
import io.blockwise.job.prediction.Prediction;
import io.blockwise.job.prediction.Predictor;
import io.blockwise.job.prediction.bulk.BulkPrediction;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.spec.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Networks that grow by a block which reads a further field. Of the rows a text tells the class in
 * three of four cases; a title tells it always, and so does the sum of two numbers. A third number
 * and a second title tell nothing.
 */
@Timeout(180) // what hangs shall fail
@Tag("thorough")
class NewFeatureTest {
  private static final List<String> CLASSES = List.of("no", "yes");
  private static final EngineChoice TORCH = new EngineChoice(EngineName.TORCH, Precision.FLOAT32);

  @TempDir static Path directory;
  private static SparkSession spark;
  private static List<Double> ofAncestor;

  @TempDir Path own;

  @BeforeAll
  static void trainAncestor() throws Exception {
    SplittableRandom random = new SplittableRandom(5);
    Path raw = Files.createDirectory(directory.resolve("raw"));
    Files.write(raw.resolve("train.csv"), table(900, random));
    Files.write(raw.resolve("test.csv"), table(300, random));
    Settings two = settings("run-id=two", "text-lstm.layers=1");
    SmallRuns.prepare(two);
    SmallRuns.train(two);
    ofAncestor = version("two").metrics().test().accuracy();
    spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", "false").getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static List<String> table(int rows, SplittableRandom random) {
    return Stream.concat(
            Stream.of("label,text,title,noise,left,right,chance"),
            IntStream.range(0, rows).mapToObj(i -> row(random)))
        .toList();
  }

  private static String row(SplittableRandom random) {
    int label = random.nextInt(2);
    int told = random.nextInt(4) == 0 ? 1 - label : label;
    double left = random.nextDouble(-1, 1);
    double sum = (label == 1 ? 1 : -1) * random.nextDouble(0.2, 1);
    return String.join(
        ",",
        CLASSES.get(label),
        words("text" + told, 4, random),
        words("title" + label, 2, random),
        words("noise", 3, random),
        Double.toString(left),
        Double.toString(sum - left),
        Double.toString(random.nextDouble()));
  }

  private static String words(String kind, int count, SplittableRandom random) {
    return String.join(" ", Stream.generate(() -> kind + random.nextInt(6)).limit(count).toList());
  }

  private static Settings settings(String... sets) throws IOException {
    Path conf =
        Files.writeString(
            directory.resolve("features.conf"),
            """
            model.name = small
            threads = 1
            engine = torch
            output = "%1$s/out"
            backbone = text-lstm
            method = pred
            data { kind = text, path = "%1$s/raw", shards.train = 3, validation-fraction = 0.2
              side { texts = [title, noise], numbers = [left, right] } }
            text-lstm { embedding.width = 6, units = 8, layers = 2 }
            training { batch-size = 16, epochs = 4, learning-rate = 1e-2 }
            report.interval = 0s
            """
                .formatted(directory));
    return Settings.load(conf, List.of(sets));
  }

  private static ModelVersion version(String id) throws IOException {
    return new ModelStore(new Configuration(), new org.apache.hadoop.fs.Path(models().toString()))
        .read(id);
  }

  private static Path models() {
    return SmallRuns.versions(directory).getParent();
  }

  private static ModelVersion grown(String id, String side) throws Exception {
    if (!Files.exists(SmallRuns.versions(directory).resolve(id))) {
      SmallRuns.train(
          settings(
              "run-id=" + id,
              "growth.from=" + SmallRuns.versions(directory).resolve("two"),
              "side.inputs=[" + side + "]"));
    }
    return version(id);
  }

  @ParameterizedTest
  @CsvSource({
    "behind, 'block = 3, field = title, join = sequence'",
    "added, 'block = 3, field = title, join = add'",
    "numbers, 'block = 3, field = numbers, join = add'",
  })
  void aFieldThatTellsTheClassLetsTheGrownBlockKnowIt(String id, String side) throws Exception {
    ModelVersion version = grown(id, "{" + side + "}");
    List<Double> accuracy = version.metrics().test().accuracy();
    assertThat(ofAncestor.get(1)).isBetween(0.65, 0.8);
    assertThat(accuracy.subList(0, 2)).isEqualTo(ofAncestor);
    assertThat(accuracy.get(2)).isGreaterThan(0.95);
    for (int block = 1; block <= 2; block++) {
      String file = "block-0" + block + ".safetensors";
      assertThat(SmallRuns.versions(directory).resolve(id).resolve(file))
          .hasSameBinaryContentAs(SmallRuns.versions(directory).resolve("two").resolve(file));
    }
  }

  @Test
  void aFieldThatTellsNothingTakesNothingAway() throws Exception {
    List<Double> accuracy =
        grown("noise", "{block = 3, field = noise, join = sequence}").metrics().test().accuracy();
    // 300 rows: 2.5 points are a standard deviation
    assertThat(accuracy.get(2)).isGreaterThan(ofAncestor.get(1) - 0.08);
  }

  @Test
  void aModelKeepsTheFieldsThatItReadsAndTheirWords() throws Exception {
    ModelVersion version = grown("behind", "{block = 3, field = title, join = sequence}");
    assertThat(version.description().fields()).containsOnlyKeys("tokens", "title");
    assertThat(version.vocabularies().get("title")).contains("title03").doesNotContain("text03");
    assertThat(version.vocabularies().get("tokens")).contains("text03").doesNotContain("title03");
    ModelEvaluation.run(
        settings("run-id=behind", "side.inputs=[{block = 3, field = title, join = sequence}]"));
  }

  @Test
  void rowsWithoutTheFieldAreAnsweredByTheBlocksBefore() throws Exception {
    ModelVersion version = grown("numbers", "{block = 3, field = numbers, join = add}");
    List<Example> examples =
        List.of(
            new Example("text11 text12", Map.of("numbers", new float[] {-0.9f, 0.1f})),
            Example.of("text11 text12"),
            new Example("text11 text12", Map.of("numbers", new float[] {0.9f, -0.1f})));
    try (Predictor<Example> predictor = Predictor.ofExamples(version, TORCH)) {
      List<Prediction> answers = predictor.answer(examples, ExitRule.parse("exit", "full", 3));
      assertThat(answers).extracting(Prediction::block).containsExactly(3, 2, 3);
      assertThat(answers).extracting(Prediction::label).containsExactly("no", "yes", "yes");
      Example unknown = new Example("text11", Map.of("weight", new float[] {1}));
      assertThatThrownBy(() -> predictor.answer(unknown))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "Cannot answer an example with a field weight: the model reads beside its first one"
                  + " [numbers] (leave the field out)");
      Example three = new Example("text11", Map.of("numbers", new float[3]));
      assertThatThrownBy(() -> predictor.answer(three))
          .isInstanceOf(UserException.class)
          .hasMessage("Cannot answer a row: it has 3 numbers (give one for each of left, right)");
    }
    try (Predictor<String> predictor = Predictor.ofTexts(version, TORCH)) {
      assertThat(predictor.answer("text11 text12").block()).isEqualTo(2);
    }
  }

  @Test
  void aTableMayLackTheNumbersOfSomeRowsOrOfAll() throws Exception {
    grown("numbers", "{block = 3, field = numbers, join = add}");
    Path some =
        Files.writeString(
            own.resolve("some.csv"),
            "id,text,left,right\n1,text11,-0.9,0.1\n2,text11,,0.1\n3,text11,0.9,-0.1\n");
    assertThat(exits("some", some)).containsExactly(3, 2, 3);
    Path none = Files.writeString(own.resolve("none.csv"), "id,text,left\n1,text11,0.5\n");
    assertThat(exits("none", none)).containsExactly(2);
    assertThat(said)
        .contains("The input has no column right, which block 3 reads: blocks up to 2 answer.");
    Path bad = Files.writeString(own.resolve("bad.csv"), "id,text,left,right\n1,text11,a,1\n");
    assertThatThrownBy(() -> exits("bad", bad))
        .hasStackTraceContaining("Cannot answer a row: left is a (give a number, or nothing)");
  }

  private String said;

  private List<Integer> exits(String name, Path table) throws Exception {
    PredictOptions options =
        new PredictOptions(
            SmallRuns.versions(directory).resolve("numbers").toString(),
            table.toString(),
            own.resolve(name).toString(),
            Optional.of("full"),
            Format.PARQUET,
            Optional.empty(),
            "test",
            16,
            TORCH);
    said = SmallRuns.printed(() -> BulkPrediction.run(options));
    return spark.read().parquet(own.resolve(name).toString()).orderBy("id").collectAsList().stream()
        .map(row -> row.<Integer>getAs("exit_block"))
        .toList();
  }

  @Test
  void theDataSetOfTheTrainingIsAnsweredByItsLastBlock() throws Exception {
    ModelVersion version = grown("numbers", "{block = 3, field = numbers, join = add}");
    PredictOptions options =
        new PredictOptions(
            SmallRuns.versions(directory).resolve("numbers").toString(),
            directory.resolve("out/datasets/text").toString(),
            own.resolve("answers").toString(),
            Optional.of("full"),
            Format.PARQUET,
            Optional.empty(),
            "test",
            16,
            TORCH);
    SmallRuns.printed(() -> BulkPrediction.run(options));
    List<Row> answers = spark.read().parquet(own.resolve("answers").toString()).collectAsList();
    long right =
        answers.stream().filter(row -> row.getAs("label").equals(row.getAs("prediction"))).count();
    assertThat(right / 300.0).isEqualTo(version.metrics().test().accuracy().get(2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "block = 3, field = titel | Invalid side.inputs.field: titel (must be a further field of"
            + " the data set: title, noise, numbers)",
        "block = 4, field = title | Invalid side.inputs.block: 4 (must be from 2 to 3)",
        "block = 3, field = title, join = vector | Invalid side.inputs.join: vector (needs a block"
            + " that reads a vector, and this one reads [",
      })
  void inputsThatThereAreNotOrDoNotFitAreRefused(String side, String message) throws Exception {
    Settings settings = settings("run-id=refused", "side.inputs=[{" + side + "}]");
    assertThatThrownBy(() -> SmallRuns.train(settings))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }

  @Test
  void theFirstBlockAndMergedBlocksReadNoFurtherField() {
    assertThatThrownBy(() -> settings("side.inputs=[{block = 1, field = title}]"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("must be at least 2");
    assertThatThrownBy(() -> settings("method=bp", "side.inputs=[{block = 2, field = title}]"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("must be [] with method bp, which joins all blocks");
  }
}
