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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassWeightsTest {
  @TempDir Path directory;

  @Test
  void balancedClassesCountTheSameInAnEpochAndFactorsAreBesideThat() {
    Dataset dataset = SmallRuns.parts(SmallRuns.settings(directory)).dataset();
    List<Long> rows = dataset.manifest().split(Split.TRAIN).rowsPerClass();
    String second = dataset.manifest().classes().get(1);
    ClassWeightSettings settings =
        new ClassWeightSettings(Rule.BALANCED, List.of(new Weight(second, 3)));
    List<Double> weights = ClassWeights.of(settings, dataset.manifest());
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
        .contains(
            "Class weights are in cross-entropies only: the other terms of scpl compare rows");
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
        .doesNotContain("Class weights are in cross-entropies only");
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
