package io.blockwise.job.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.base.UserException;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.artifact.StoredBlock;
import io.blockwise.model.artifact.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command evaluate says of models that are not what they were. */
@Tag("thorough")
class ModelEvaluationTest {
  @TempDir Path directory;

  @Test
  void classesThatAreAnsweredWorstAreShownWithWhatTheyAreTakenFor() throws Exception {
    ModelVersion version = trained();
    String printed = SmallRuns.printed(() -> ModelEvaluation.run(settings()));
    assertThat(printed)
        .containsPattern(
            "exit +test +MFLOP +of full path +ms per row +temperature +calibration error")
        .containsPattern("leaving at a confidence of +test  of full path  exit  1 .*\n +0\\.99 ")
        .contains("Classes that block 3 answers worst")
        .containsPattern(
            "\\n  \\S+ +\\d+\\.\\d\\d %  most often taken for \\S+ \\(\\d+ of 10\\)\\n");
    assertThat(version.metrics().test().confusion()).hasSize(3);
    assertThat(printed).contains("The best fixed shortcut, block ", "Written to ");
    Path exits = SmallRuns.output(directory).resolve("exits/small/run");
    JsonNode report = new JsonMapper().readTree(exits.resolve("exits.json").toFile());
    assertThat(report.path("rows").intValue()).isEqualTo(100);
    assertThat(report.path("exits")).hasSize(3);
    assertThat(report.path("sweep")).hasSize(71);
    assertThat(report.path("routes")).hasSize(5);
    assertThat(report.path("sweep").get(0).path("accuracy").doubleValue())
        .isEqualTo(version.metrics().test().accuracy().get(2));
    assertThat(Files.readString(exits.resolve("exits.svg"))).startsWith("<svg");
  }

  @Test
  void anotherDataSetIsRefusedUnlessItIsWanted() throws Exception {
    trained();
    Path manifest = SmallRuns.output(directory).resolve("datasets/shapes/manifest.json");
    Files.writeString(manifest, new JsonMapper().readTree(manifest.toFile()).toString());
    assertThatThrownBy(() -> ModelEvaluation.run(settings()))
        .isInstanceOf(UserException.class)
        .message()
        .matches(
            "Cannot evaluate model version run on \\S+/shapes: it was trained on the data set"
                + " [0-9a-f]{12}, this one is [0-9a-f]{12} \\(evaluate on the data set of the"
                + " training, or on this one with --set evaluation.other-data=true\\)");
    assertThat(SmallRuns.printed(() -> ModelEvaluation.run(settings("evaluation.other-data=true"))))
        .endsWith("The data set is another one than the model was trained on.\n");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.003, -0.003})
  void figuresThatAreNotThePublishedOnesFailTheCommand(double change) throws Exception {
    publishWith(trained(), change);
    assertThatThrownBy(() -> ModelEvaluation.run(settings("run-id=changed")))
        .isInstanceOf(RunFailedException.class)
        .message()
        .matches(
            "Cannot confirm model version changed: block 2 has \\d+\\.\\d\\d % on test, \\d+\\.\\d\\d %"
                + " was published \\(more than 0\\.2 points apart: find out which weights, engine or"
                + " library differ\\)");
  }

  @Test
  void figuresWithinAFifthOfAPointAreOnlyTold() throws Exception {
    publishWith(trained(), 0.0015);
    assertThat(SmallRuns.printed(() -> ModelEvaluation.run(settings("run-id=changed"))))
        .contains("The figures differ: ");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void weightsThatAreNoNumbersFailTheCommand(float value) throws Exception {
    ModelVersion version = trained();
    List<StoredBlock> blocks = new ArrayList<>(version.blocks());
    Tensors parameters = blocks.get(1).parameters();
    float[] values = parameters.toArray();
    values[7] = value;
    blocks.set(
        1, new StoredBlock(Tensors.copyOf(parameters.table(), values), blocks.get(1).statistics()));
    write(version, blocks, version.metrics().test());
    assertThatThrownBy(() -> ModelEvaluation.run(settings("run-id=changed")))
        .isInstanceOf(RunFailedException.class)
        .hasMessageStartingWith(
            "Cannot evaluate model version changed: weights of block 2 are NaN or infinite (");
  }

  /** The version again, with another figure of block 2. */
  private void publishWith(ModelVersion version, double change) throws IOException {
    Metrics.TestFigures test = version.metrics().test();
    List<Double> accuracy = new ArrayList<>(test.accuracy());
    accuracy.set(1, accuracy.get(1) + change);
    write(version, version.blocks(), new Metrics.TestFigures(accuracy, test.confusion()));
  }

  private void write(ModelVersion version, List<StoredBlock> blocks, Metrics.TestFigures test)
      throws IOException {
    Metrics old = version.metrics();
    Metrics metrics =
        new Metrics(
            old.validation(),
            test,
            old.selectedEpoch(),
            old.epochs(),
            old.workers(),
            old.examplesPerSecond(),
            old.seconds(),
            old.parameters(),
            old.pushes(),
            old.waitForDataShare(),
            old.cost(),
            old.dynamics());
    String models = SmallRuns.versions(directory).getParent().toString();
    new ModelStore(new Configuration(), new org.apache.hadoop.fs.Path(models))
        .write(
            new ModelVersion(
                "changed", version.description(), Map.of(), blocks, metrics, version.provenance()));
  }

  private ModelVersion trained() throws Exception {
    SmallRuns.train(SmallRuns.settings(directory, "training.epochs=1"));
    return SmallRuns.published(directory);
  }

  private Settings settings(String... sets) {
    return SmallRuns.unprepared(directory, sets);
  }
}
