package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.config.Settings;
import io.blockwise.job.device.Engines;
import io.blockwise.job.evaluation.ModelEvaluation;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.testing.RandomSeed;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TwoEnginesTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"dl4j, torch", "torch, dl4j"})
  void aModelOfOneEngineAnswersTheSameInTheOther(String trains, String reads) throws Exception {
    SmallRuns.train(SmallRuns.settings(directory, "engine=" + trains, "training.epochs=4"));
    ModelVersion version = SmallRuns.published(directory);
    assertThat(version.provenance()).containsEntry("engine", trains);

    Settings own = SmallRuns.unprepared(directory, "engine=" + trains);
    Settings other = SmallRuns.unprepared(directory, "engine=" + reads);
    List<float[]> expected = scores(own, version);
    List<float[]> found = scores(other, version);
    assertThat(found).hasSize(3);
    for (int k = 0; k < 3; k++) {
      assertThat(found.get(k)).containsExactly(expected.get(k), Offset.offset(1e-3f));
      assertThat(found.get(k)).isNotEqualTo(found.get((k + 1) % 3));
    }

    String printed = SmallRuns.printed(() -> ModelEvaluation.run(other));
    assertThat(printed).contains("Model small, version run").doesNotContain("The figures differ");
    assertThat(rows(printed)).isEqualTo(rows(SmallRuns.printed(() -> ModelEvaluation.run(own))));
    for (int k = 0; k < 3; k++) {
      double published = 100 * version.metrics().test().accuracy().get(k);
      String percent = String.format("%.2f", published);
      assertThat(rows(printed).get(k)).isEqualTo((k + 1) + " " + percent + " % " + percent + " %");
    }
    assertThat(version.metrics().test().accuracy().get(2)).as("ten classes").isGreaterThan(0.2);
  }

  /** Number of the block, accuracy measured and accuracy published. */
  private static List<String> rows(String printed) {
    return printed
        .lines()
        .map(line -> line.strip().replaceAll(" +", " "))
        .filter(line -> line.matches("\\d+ [0-9.]+ % [0-9.]+ %"))
        .toList();
  }

  private static List<float[]> scores(Settings settings, ModelVersion version) {
    try (DecoupledNetwork network =
        new DecoupledNetwork(
            Engines.create(settings.engineChoice()), version.description().network(), 0)) {
      for (int k = 0; k < network.blocks().size(); k++) {
        version.blocks().get(k).adoptInto(network.blocks().get(k));
      }
      return network.scores(images(version));
    }
  }

  private static Batch images(ModelVersion version) {
    Batch batch = new Batch(version.description().network().input(), 50);
    Random random = SEED.random();
    for (int i = 0; i < batch.inputs().length; i++) {
      batch.inputs()[i] = (float) random.nextGaussian();
    }
    batch.rows(50);
    return batch;
  }
}
