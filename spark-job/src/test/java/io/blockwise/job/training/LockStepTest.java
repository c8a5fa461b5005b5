package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.config.Settings;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.artifact.StoredBlock;
import io.blockwise.model.artifact.Tensors;
import io.blockwise.model.engine.TensorTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule quorum in lock-step, with the real engine, against averages made by hand. */
@Timeout(120) // a deadlock shall fail, not hang
@Tag("thorough")
class LockStepTest {
  private static final String[] PLAIN_SGD = {
    "averaging.rule=quorum",
    "training.optimiser=sgd",
    "training.momentum=0",
    "training.learning-rate=0.02",
    "exit.features=pooled",
    "training.epochs=1",
  };

  @TempDir Path directory;

  /** Three workers have 11, 5 and 5 steps, so that the last rounds are smaller and unequal. */
  @ParameterizedTest
  @CsvSource({"dl4j, 1", "dl4j, 3", "dl4j, 1000", "torch, 1", "torch, 3"})
  void averagesAreTheExampleWeightedMeansOfTheReplicas(String engine, int period) throws Exception {
    Settings settings =
        settings(
            "engine=" + engine,
            "workers=3",
            "averaging.period=" + period,
            "training.schedule.kind=constant");
    SmallRuns.train(settings);
    ModelVersion published = SmallRuns.published(directory);
    try (Replicas replicas = new Replicas(settings)) {
      assertThat(replicas.steps()).containsExactly(11, 5, 5);
      List<Replicas.Average> expected = replicas.trainApart(period);
      for (int k = 0; k < expected.size(); k++) {
        StoredBlock block = published.blocks().get(k);
        assertClose(block.parameters().toArray(), expected.get(k).parameters);
        // a ledger rounds to float at each average, the later ones on top of it
        int rounds = Math.max(1, 11 / period);
        assertMeansClose(block.statistics(), expected.get(k).statistics, rounds * 1e-6);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"dl4j, 180, 1", "dl4j, 16, 11", "torch, 180, 1", "torch, 16, 11"})
  void everyStepWithoutMomentumAndBatchNormIsOneStepOnTheConcatenatedBatch(
      String engine, int batch, int steps) throws Exception {
    Settings settings =
        settings(
            "engine=" + engine,
            "workers=2",
            "averaging.period=1",
            "training.batch-size=" + batch,
            "method=pred",
            "network.blocks=[[{type=convolution,filters=6},{type=relu},{type=max-pool}],"
                + "[{type=convolution,filters=12},{type=relu},{type=max-pool}]]");
    SmallRuns.train(settings);
    ModelVersion published = SmallRuns.published(directory);
    try (Replicas replicas = new Replicas(settings)) {
      assertThat(replicas.steps()).containsExactly(steps, steps);
      List<float[]> expected = replicas.trainTogether();
      for (int k = 0; k < expected.size(); k++) {
        float[] found = published.blocks().get(k).parameters().toArray();
        // the rounding of a step, and later ones on top of it
        assertClose(found, widened(expected.get(k)), steps * 1e-6);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void sameConfigurationTwiceGivesTheSameModel(int workers) throws Exception {
    List<ModelVersion> versions = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      Path own = directory.resolve(name);
      assertThat(own.toFile().mkdir()).isTrue();
      SmallRuns.train(
          SmallRuns.settings(
              own,
              "workers=" + workers,
              "averaging.rule=quorum",
              // 5 and 10 steps: no remainder, so whoever is done leaves without a last push
              "training.batch-size=18",
              "averaging.period=5",
              "training.augmentation=weak"));
      versions.add(SmallRuns.published(own));
    }
    assertThat(versions.get(1).blocks()).isEqualTo(versions.get(0).blocks());
    assertThat(versions.get(2).blocks()).isEqualTo(versions.get(0).blocks());
  }

  private Settings settings(String... sets) {
    List<String> all = new ArrayList<>(List.of(PLAIN_SGD));
    all.addAll(List.of(sets));
    return SmallRuns.settings(directory, all.toArray(String[]::new));
  }

  private static void assertMeansClose(Tensors statistics, double[] expected, double tolerance) {
    float[] values = statistics.toArray();
    for (TensorTable.Entry entry : statistics.table().entries()) {
      int end = entry.offset() + entry.length();
      if (entry.name().endsWith("running_mean")) {
        assertClose(
            Arrays.copyOfRange(values, entry.offset(), end),
            Arrays.copyOfRange(expected, entry.offset(), end),
            tolerance);
      }
    }
  }

  private static double[] widened(float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return wide;
  }

  /** Largest difference relative to the largest value. */
  private static void assertClose(float[] actual, double[] expected) {
    assertClose(actual, expected, 1e-6);
  }

  private static void assertClose(float[] actual, double[] expected, double tolerance) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    }
    assertThat(actual).hasSize(expected.length);
    assertThat(difference / largest).isLessThan(tolerance);
  }
}
