package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.job.config.Settings;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs on two views of every image; 360 of them in batches of 16. */
class TwoViewTrainingTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"dl4j", "torch"})
  void examplesAreCountedOnceInBothViews(String engine) throws Exception {
    Settings settings =
        SmallRuns.settings(
            directory, "engine=" + engine, "training.augmentation=two-view", "averaging.period=3");
    SmallRuns.train(settings);
    List<JsonNode> epochs =
        SmallRuns.events(directory).stream()
            .filter(event -> event.get("event").asText().equals("epoch"))
            .toList();
    assertThat(epochs).hasSize(2);
    for (JsonNode epoch : epochs) {
      assertThat(epoch.get("examples").asLong()).isEqualTo(352);
      // a share of the rows: of the examples it could be as large as 2
      epoch.get("training_accuracy").forEach(a -> assertThat(a.asDouble()).isBetween(0.05, 1.0));
    }
    assertThat(epochs.get(1).get("loss").get(0).asDouble())
        .isLessThan(epochs.get(0).get("loss").get(0).asDouble());
  }
}
