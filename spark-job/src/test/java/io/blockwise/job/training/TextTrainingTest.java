package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.evaluation.ModelEvaluation;
import io.blockwise.model.artifact.InputField;
import io.blockwise.model.artifact.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs on texts of three classes that some of their words tell. */
@Timeout(120) // what hangs shall fail
@Tag("thorough")
class TextTrainingTest {
  @TempDir static Path corpus;

  @TempDir Path directory;

  @BeforeAll
  static void prepareCorpus() throws IOException {
    SmallTexts.prepare(corpus);
  }

  @BeforeEach
  void copyCorpus() {
    SmallRuns.copy(SmallRuns.output(corpus), SmallRuns.output(directory));
  }

  private Settings settings(String... sets) throws IOException {
    return SmallTexts.settings(corpus, directory, sets);
  }

  @ParameterizedTest
  @CsvSource({
    "text-linear, bp, 1, torch",
    "text-lstm, scpl, 2, torch",
    "text-lstm, al, 1, torch",
    "text-lstm, deinforeg, 1, torch",
    "text-transformer, pred, 2, torch",
    "text-transformer, predsim, 1, torch",
    "text-linear, bp, 2, dl4j",
    "text-lstm, al, 1, dl4j",
    "text-transformer, pred, 1, dl4j",
  })
  void everyMethodLearnsWordsOfClasses(String backbone, String method, int workers, String engine)
      throws Exception {
    Settings settings =
        settings(
            "backbone=" + backbone, "method=" + method, "workers=" + workers, "engine=" + engine);
    SmallRuns.train(settings);
    JsonNode done =
        SmallRuns.events(directory).stream()
            .filter(event -> event.get("event").asText().equals("epoch"))
            .reduce((first, last) -> last)
            .orElseThrow();
    JsonNode accuracy = done.get("validation_accuracy");
    assertThat(accuracy.get(accuracy.size() - 1).asDouble()).isGreaterThan(0.9);
  }

  @ParameterizedTest
  @CsvSource({"al, torch, 1", "pred, dl4j, 2"})
  void anEmbeddingStaysAsItIsWhenALayerIsGrownBehindIt(String method, String engine, int workers)
      throws Exception {
    String[] sets = {
      "backbone=text-lstm", "method=" + method, "engine=" + engine, "workers=" + workers
    };
    SmallRuns.train(settings(with(sets, "text-lstm.layers=1", "run-id=two")));
    Path two = SmallRuns.versions(directory).resolve("two");
    SmallRuns.train(settings(with(sets, "run-id=three", "growth.from=" + two)));
    Path three = SmallRuns.versions(directory).resolve("three");
    for (String block : List.of("block-01.safetensors", "block-02.safetensors")) {
      assertThat(three.resolve(block)).hasSameBinaryContentAs(two.resolve(block));
    }
    List<Double> accuracy = SmallRuns.published(directory).metrics().validation().accuracy();
    assertThat(accuracy.get(1)).isGreaterThan(0.9);
    assertThat(accuracy.get(2)).isGreaterThan(0.9);
  }

  private static String[] with(String[] sets, String... more) {
    return Stream.of(sets, more).flatMap(Stream::of).toArray(String[]::new);
  }

  @Test
  void modelHasTheWordsOfItsIdsAndAnswersAsItDidAtTheEndOfTraining() throws Exception {
    Settings settings = settings("backbone=text-lstm", "method=scpl", "training.epochs=2");
    SmallRuns.train(settings);
    ModelVersion version = SmallRuns.published(directory);
    assertThat(version.vocabularies().get("tokens"))
        .startsWith("<pad>", "<unk>")
        .contains("sports3", "word7");
    InputField.Tokens read = (InputField.Tokens) version.description().fields().get("tokens");
    assertThat(read.vocabularySize()).isEqualTo(version.vocabularies().get("tokens").size());
    String evaluated = SmallRuns.printed(() -> ModelEvaluation.run(settings));
    double last = version.metrics().test().accuracy().get(2);
    assertThat(evaluated).contains(String.format(Locale.ROOT, "%.2f", 100 * last));
  }

  @Test
  void modelIsNotAskedAboutIdsThatStandForOtherWords() throws Exception {
    Settings settings = settings("backbone=text-linear", "method=bp", "training.epochs=1");
    SmallRuns.train(settings);
    Path other = Files.createDirectory(directory.resolve("other"));
    Path raw = Files.createDirectory(other.resolve("raw"));
    for (String table : List.of("train.csv", "test.csv")) {
      String text = Files.readString(SmallTexts.raw(corpus).resolve(table));
      Files.writeString(raw.resolve(table), text.replace("word", "wort"));
    }
    SmallRuns.copy(directory.resolve("out/models"), other.resolve("out/models"));
    Settings there =
        SmallTexts.settings(
            corpus,
            other,
            "data.path=" + raw,
            "data.text.glove=",
            "backbone=text-linear",
            "evaluation.other-data=true");
    SmallRuns.prepare(there);
    assertThatThrownBy(() -> ModelEvaluation.run(there))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("to the model, and \"wort")
        .hasMessageContaining("prepared with the model's vocabulary");
  }

  @Test
  void anEmbeddingOfAnotherWidthThanTheVectorsIsRefused() throws IOException {
    Settings settings = settings("backbone=text-lstm", "text-lstm.embedding.width=5", "method=bp");
    assertThatThrownBy(() -> Training.run(settings))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot begin with the data set's vectors of 6 values: the network's embedding has a"
                + " width of 5 (set embedding.width of the backbone to 6, or prepare the data set"
                + " without data.text.glove)");
  }

  @Test
  void headsThatDoNotDivideTheWidthAreRefused() {
    assertThatThrownBy(() -> settings("text-transformer.heads=4"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Invalid text-transformer.heads: 4")
        .hasMessageEndingWith("(must divide text-transformer.embedding.width, 6)");
  }

  @Test
  void aNetworkOfImagesIsRefused() throws IOException {
    Settings settings = settings("backbone=vgg-small", "method=bp");
    assertThatThrownBy(() -> Training.run(settings))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("must be a map [channels, height, width]");
  }

  @Test
  void whatAnEngineDoesNotHaveIsRefusedForTextsToo() throws IOException {
    Settings settings =
        settings("backbone=text-linear", "method=bp", "engine=dl4j", "precision=bfloat16");
    assertThatThrownBy(() -> Training.run(settings))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it computes in float32 only, and precision is bfloat16")
        .hasMessageContaining("engine = torch");
  }

  @Test
  void weightDecayOfAnEmbeddingThatLearnsIsRefused() throws IOException {
    Settings settings = settings("backbone=text-lstm", "method=bp", "training.weight-decay=1e-4");
    assertThatThrownBy(() -> Training.run(settings))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "Invalid training.weight-decay: 1.0E-4 (must be 0 with an embedding that learns (or set"
                + " its rate to 0))");
  }
}
