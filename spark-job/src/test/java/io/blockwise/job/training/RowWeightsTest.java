package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.ClassWeightSettings;
import io.blockwise.job.config.ClassWeightSettings.Rule;
import io.blockwise.job.config.ClassWeightSettings.Weight;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.config.Settings;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.prediction.Prediction;
import io.blockwise.job.prediction.Predictor;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.spec.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowWeightsTest {
  @TempDir Path directory;

  @Test
  void balancedClassesCountTheSameInAnEpochAndFactorsAreBesideThat() {
    Dataset dataset = SmallRuns.parts(SmallRuns.settings(directory)).dataset();
    List<Long> rows = dataset.manifest().split(Split.TRAIN).rowsPerClass();
    String second = dataset.manifest().classes().get(1);
    ClassWeightSettings settings =
        new ClassWeightSettings(Rule.BALANCED, List.of(new Weight(second, 3)));
    List<Double> weights = RowWeights.of(settings, dataset.manifest());
    double each = weights.get(0) * rows.get(0);
    for (int k = 2; k < rows.size(); k++) {
      assertThat(weights.get(k) * rows.get(k)).isCloseTo(each, within(1e-9));
    }
    assertThat(weights.get(1) * rows.get(1)).isCloseTo(3 * each, within(1e-9));
  }

  @Test
  void aWeightedRunPublishesItsWeightsAndSaysWhatTheyAreNotIn() throws Exception {
    String name =
        SmallRuns.parts(SmallRuns.settings(directory)).dataset().manifest().classes().get(0);
    String printed =
        SmallRuns.train(
            SmallRuns.unprepared(
                directory,
                "training.epochs=1",
                "training.class-weights.of=[{name = \"" + name + "\", weight = 4}]"));
    assertThat(printed)
        .contains("Weights are in cross-entropies only: the other terms of scpl compare rows");
    assertThat(SmallRuns.published(directory).description().network().blocks())
        .allSatisfy(
            block -> assertThat(block.exit().classWeights()).startsWith(4.0, 1.0).hasSize(10));
    String resolved = Files.readString(SmallRuns.run(directory).resolve("resolved.conf"));
    assertThat(resolved).contains("of = [{ name = " + name + ", weight = 4 }]");
  }

  @Test
  void aRetrainingMayWeighClassesOtherwise() throws Exception {
    SmallRuns.train(
        SmallRuns.settings(directory, "run-id=first", "method=pred", "training.epochs=1"));
    String printed =
        SmallRuns.train(
            SmallRuns.unprepared(
                directory,
                "method=pred",
                "training.epochs=1",
                "warm-start.from=latest",
                "training.class-weights.rule=balanced"));
    assertThat(printed)
        .contains("Starting from version first")
        .doesNotContain("Weights are in cross-entropies only");
  }

  /**
   * Of equal rows, three quarters of the weight are of one class and a quarter of the other. The
   * temperature is chosen on validation, whose rows count alike.
   */
  @ParameterizedTest
  @CsvSource({"bp, torch, 1", "pred, torch, 2", "pred, dl4j, 1"})
  void classesAreAsLikelyAsTheWeightsOfTheirRowsSay(String method, String engine, int workers)
      throws Exception {
    Settings settings = weighted("method=" + method, "engine=" + engine, "workers=" + workers);
    SmallRuns.prepare(settings);
    assertThat(SmallRuns.train(settings)).doesNotContain("Weights are in cross-entropies only");
    EngineChoice choice = new EngineChoice(EngineName.TORCH, Precision.FLOAT32);
    ModelVersion version = SmallRuns.published(directory);
    assertThat(version.description().fields()).containsOnlyKeys("numbers");
    try (Predictor<float[]> predictor = Predictor.ofNumbers(version, choice)) {
      for (int block = 1; block <= version.description().network().blocks().size(); block++) {
        double temperature = version.description().exits().temperatures().get(block - 1);
        for (Prediction answer : answers(predictor, block)) {
          double odds = answer.confidence() / (1 - answer.confidence());
          assertThat(Math.pow(odds, temperature)).as(answer.toString()).isCloseTo(3, within(0.8));
        }
        assertThat(answers(predictor, block))
            .extracting(Prediction::label)
            .containsExactly("a", "b");
      }
    }
  }

  private static List<Prediction> answers(Predictor<float[]> predictor, int block)
      throws InterruptedException {
    return predictor.answer(
        List.of(new float[] {0}, new float[] {1}), new ExitRule.Shortcut(block));
  }

  @Test
  void aRunOnRowsWithWeightsSaysWhatTheyAreNotIn() throws Exception {
    Settings settings = weighted("method=scpl");
    SmallRuns.prepare(settings);
    assertThat(SmallRuns.train(settings))
        .contains("Weights are in cross-entropies only: the other terms of scpl compare rows");
    assertThat(SmallRuns.printed(() -> Datasets.prepare(settings)))
        .contains("with a weight of each row");
  }

  @Test
  void weightsThatWouldNotCountAreRefused() throws Exception {
    Settings settings = weighted("method=al", "al.inverse=mse");
    SmallRuns.prepare(settings);
    assertThatThrownBy(() -> SmallRuns.train(settings))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Invalid data.weight-column: importance (must be empty where no loss has a"
                + " cross-entropy against labels)");
    assertThatThrownBy(() -> weighted("method=bp", "training.baseline=dl4j-spark"))
        .hasMessageContaining(
            "must be none with data.weight-column: the baseline weighs all rows alike");
  }

  /** Of x = 0 as many rows are of a as of b, and those of a count three times; of 1 the reverse. */
  private Settings weighted(String... sets) throws IOException {
    Path raw = Files.createDirectories(directory.resolve("raw"));
    StringBuilder rows = new StringBuilder("x,class,importance\n");
    for (int i = 0; i < 8000; i++) {
      int x = i / 2 % 2;
      int label = i % 2;
      rows.append(x).append(label == 0 ? ",a," : ",b,").append(x == label ? 1.5 : 0.5).append('\n');
    }
    Files.writeString(raw.resolve("train.csv"), rows);
    List<String> all =
        new ArrayList<>(
            List.of(
                "data.weight-column=importance",
                "mlp.hidden=[8, 8]",
                "training.learning-rate=1e-2",
                "training.batch-size=40",
                "training.epochs=1"));
    all.addAll(List.of(sets));
    return SmallTables.settings(directory, directory, all.toArray(String[]::new));
  }

  @Test
  void whatCannotBeIsRefusedInOneLine() {
    assertThatThrownBy(
            () ->
                SmallRuns.train(
                    SmallRuns.settings(
                        directory, "training.class-weights.of=[{name = zebra, weight = 2}]")))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "Invalid training.class-weights.of: zebra (must name classes of the data set: ");
    assertThatThrownBy(
            () ->
                SmallRuns.train(
                    SmallRuns.unprepared(
                        directory,
                        "method=al",
                        "al.inverse=mse",
                        "training.class-weights.rule=balanced")))
        .hasMessageContaining("where no loss has a cross-entropy against labels");
    assertThatThrownBy(
            () ->
                SmallRuns.unprepared(
                    directory,
                    "method=bp",
                    "training.baseline=dl4j-spark",
                    "training.class-weights.rule=balanced"))
        .hasMessageContaining("the baseline weighs all rows alike");
    assertThatThrownBy(
            () ->
                SmallRuns.unprepared(
                    directory, "training.class-weights.of=[{name = a, weight = 0}]"))
        .hasMessageContaining("weight");
  }
}
