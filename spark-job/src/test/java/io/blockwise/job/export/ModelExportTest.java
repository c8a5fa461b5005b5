package io.blockwise.job.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.base.UserException;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.config.ExportOptions;
import io.blockwise.job.config.Settings;
import io.blockwise.job.prediction.Example;
import io.blockwise.job.prediction.Prediction;
import io.blockwise.job.prediction.Predictor;
import io.blockwise.job.prediction.RowReader;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.artifact.Exits;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.artifact.StoredBlock;
import io.blockwise.model.artifact.Tensors;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.onnx.OnnxModel;
import io.blockwise.model.spec.Precision;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelExportTest {
  private static final EngineChoice TORCH = new EngineChoice(EngineName.TORCH, Precision.FLOAT32);
  private static final Configuration HADOOP = new Configuration();

  @TempDir Path directory;
  private Path output;

  @BeforeEach
  void chooseOutput() {
    output = directory.resolve("files/model.onnx");
  }

  private ModelVersion published(ModelVersion version) throws IOException {
    ModelStore store = new ModelStore(HADOOP, new org.apache.hadoop.fs.Path(model().toString()));
    store.write(version);
    store.publish(version.id());
    return version;
  }

  private Path model() {
    return directory.resolve("models/small");
  }

  /** Three blocks of vectors, whose exits have temperatures of their own. */
  private ModelVersion ofImages() throws IOException {
    return published(version(RandomModel.ofImages(8), "backbone=mlp"));
  }

  private ModelVersion version(RandomModel model, String... sets) {
    List<String> all = new ArrayList<>(List.of(sets));
    all.addAll(List.of("method=pred", "exit.features=pooled", "mlp.hidden=[20, 10, 9]"));
    Settings settings = SmallRuns.unprepared(directory, all.toArray(String[]::new));
    int blocks = model.version(settings, Exits.PLAIN).blocks().size();
    List<Double> temperatures = Stream.iterate(0.5, t -> t + 0.75).limit(blocks).toList();
    return model.version(
        settings, new Exits(temperatures, "full", List.of(), List.of(), List.of()));
  }

  private String export(String exit) throws IOException {
    return export(new ExportOptions(model().toString(), output.toString(), format(), exit));
  }

  private static ExportOptions.Format format() {
    return ExportOptions.Format.ONNX;
  }

  private static String export(ExportOptions options) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ModelExport.export(HADOOP, options, new PrintStream(out, true, UTF_8));
    return out.toString(UTF_8);
  }

  private void assertAnswersAsThePredictor(ModelVersion version, int block, List<Example> examples)
      throws Exception {
    RowReader reader = new RowReader(version);
    List<RowReader.Read> rows = examples.stream().map(reader::read).toList();
    List<Prediction> expected;
    try (Predictor<Example> predictor = Predictor.ofExamples(version, TORCH)) {
      expected = predictor.answer(examples, new ExitRule.Shortcut(block));
    }
    try (OnnxSession session = new OnnxSession(Files.readAllBytes(output))) {
      float[][] found = session.answers(OnnxModel.PROBABILITIES, rows, Comparison.shapes(version));
      for (int i = 0; i < rows.size(); i++) {
        for (int c = 0; c < found[i].length; c++) {
          assertThat((double) found[i][c])
              .isCloseTo(expected.get(i).probabilities().get(c), within(1e-5));
        }
      }
    }
  }

  @Test
  void theFullPathAnswersImagesAsThePredictor() throws Exception {
    ModelVersion version = ofImages();
    assertThat(export("full"))
        .isEqualToIgnoringNewLines(
            "Exported version made of small up to the exit of block 3 of 3: "
                + output
                + ", "
                + Files.size(output)
                + " bytes");
    assertAnswersAsThePredictor(version, 3, RandomModel.ofImages(8).examples(5));
  }

  @Test
  void aShortcutAnswersWithTheTemperatureOfItsExit() throws Exception {
    ModelVersion version = ofImages();
    export("2");
    assertAnswersAsThePredictor(version, 2, RandomModel.ofImages(8).examples(5));
  }

  @Test
  void oneVersionIsExportedByItsFolder() throws Exception {
    ModelVersion version = ofImages();
    String folder = model().resolve("versions/made").toString();
    export(new ExportOptions(folder, output.toString(), format(), "1"));
    assertAnswersAsThePredictor(version, 1, RandomModel.ofImages(8).examples(5));
  }

  @Test
  void textsAreAnsweredAsByThePredictor() throws Exception {
    RandomModel model = RandomModel.ofTexts();
    ModelVersion version =
        published(version(model, "data={kind = text, path = none}", "backbone=text-linear"));
    export("full");
    assertAnswersAsThePredictor(version, version.blocks().size(), model.examples(5));
  }

  @Test
  void rawNumbersWithGapsAreAnsweredAsByThePredictor() throws Exception {
    RandomModel model = RandomModel.ofNumbers();
    ModelVersion version =
        published(version(model, "data={kind = table, path = none}", "backbone=mlp"));
    export("full");
    assertAnswersAsThePredictor(version, 3, model.examples(9));
  }

  @Test
  void theFileSaysWhatItsNumbersMean() throws Exception {
    RandomModel model = RandomModel.ofTexts();
    published(version(model, "data={kind = text, path = none}", "backbone=text-linear"));
    export("2");
    try (OnnxSession session = new OnnxSession(Files.readAllBytes(output))) {
      assertThat(session.metadata())
          .containsEntry("model", "small")
          .containsEntry("version", "made")
          .containsEntry("exit", "2")
          .containsEntry("classes", "[\"class 0\",\"class 1\",\"class 2\",\"class 3\"]")
          .containsEntry("losses", "[\"cross-entropy\",\"cross-entropy\"]");
      assertThat(session.metadata().get("fields"))
          .contains("\"tokens\":{\"kind\":\"tokens\"", "\"tokenizer\":\"whitespace\"");
      assertThat(session.metadata().get("vocabulary.tokens").lines())
          .hasSize(30)
          .startsWith("<pad>", "<unknown>", "w2");
    }
  }

  @Test
  void aShortcutReadsNoFieldOfLaterBlocks() throws Exception {
    RandomModel model = RandomModel.ofTexts().withSides("size");
    published(
        version(
            model,
            "data={kind = text, path = none}",
            "backbone=text-linear",
            "side.inputs=[{block = 2, field = size, join = vector}]"));
    export("1");
    try (OnnxSession session = new OnnxSession(Files.readAllBytes(output))) {
      assertThat(session.inputs()).containsExactly("tokens");
      assertThat(session.metadata().get("fields")).contains("tokens").doesNotContain("\"size\"");
    }
    Files.delete(output);
    export("2");
    try (OnnxSession session = new OnnxSession(Files.readAllBytes(output))) {
      assertThat(session.inputs()).containsExactly("tokens", "size");
    }
  }

  @Test
  void exitThatThereIsNotIsRefused() throws IOException {
    ofImages();
    for (String exit : List.of("4", "0", "-1", "last", "confidence=0.9", "full=1", "")) {
      assertThatThrownBy(() -> export(exit))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "Invalid --exit: "
                  + exit
                  + " (must be full, or a block from 1 to 3; a file has one exit, and leaves by no"
                  + " rule)");
    }
    assertThat(output).doesNotExist();
  }

  @Test
  void outputThatIsThereIsLeftAsItIs() throws IOException {
    ofImages();
    Files.createDirectories(output.getParent());
    Files.writeString(output, "mine");
    assertThatThrownBy(() -> export("full"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot export to "
                + output
                + ": it is there already (choose another --output, or delete it)");
    assertThat(output).hasContent("mine");
    output = output.getParent();
    assertThatThrownBy(() -> export("full")).hasMessageContaining("it is there already");
  }

  @Test
  void nothingElseIsLeftBesideTheFile() throws IOException {
    ofImages();
    export("full");
    assertThat(output.getParent()).isDirectoryNotContaining(file -> !file.equals(output));
  }

  @Test
  void folderWithoutAModelIsRefused() throws IOException {
    Files.createDirectories(model());
    assertThatThrownBy(() -> export("full"))
        .isInstanceOf(UserException.class)
        .hasMessage("Cannot read a model: %s/LATEST does not exist (train first)", model());
    assertThat(output).doesNotExist();
  }

  @Test
  void weightsThatAreNoNumbersAreRefused() throws IOException {
    ModelVersion version = version(RandomModel.ofImages(8), "backbone=mlp");
    List<StoredBlock> blocks = new ArrayList<>(version.blocks());
    StoredBlock last = blocks.remove(2);
    float[] values = last.parameters().toArray();
    values[3] = Float.NaN;
    blocks.add(
        new StoredBlock(Tensors.copyOf(last.parameters().table(), values), last.statistics()));
    published(
        new ModelVersion(
            version.id(),
            version.description(),
            version.vocabularies(),
            blocks,
            version.metrics(),
            version.provenance()));
    assertThatThrownBy(() -> export("full"))
        .isInstanceOf(RunFailedException.class)
        .hasMessageStartingWith("Cannot export model version made: weights of block 3 are NaN");
  }
}
