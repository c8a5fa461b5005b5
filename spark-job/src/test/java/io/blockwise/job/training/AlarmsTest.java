package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("thorough")
class AlarmsTest {
  /** Sigmoids behind sigmoids, of so few units, hardly differ from class to class. */
  private static final String COLLAPSED =
      "loss={type = al, width = 2, encoder = sigmoid, decoder = sigmoid}";

  @TempDir Path directory;

  @Test
  void collapsedTargetsAreToldOncePerBlockAndEpochOnTheTerminalAndInTheEvents() throws Exception {
    String printed =
        SmallRuns.train(
            SmallRuns.settings(
                directory, COLLAPSED, "training.learning-rate=1e-9", "report.interval=1ms"));
    List<JsonNode> warnings = SmallRuns.events(directory);
    warnings.removeIf(event -> !event.get("event").asText().equals("warning"));
    assertThat(warnings)
        .extracting(event -> event.get("epoch").asInt() + ", " + event.get("block").asInt())
        .contains("1, 3", "2, 3")
        .doesNotHaveDuplicates();
    for (JsonNode warning : warnings) {
      assertThat(warning.get("term").asText()).isEqualTo("target-variance");
      assertThat(warning.get("value").asDouble()).isBetween(0.0, 1e-4);
      assertThat(warning.get("reason").asText())
          .startsWith("Block " + warning.get("block") + " in epoch " + warning.get("epoch"))
          .contains(": target-variance is ", ", below 1e-04: its targets have collapsed");
      assertThat(printed).contains(warning.get("reason").asText());
    }
  }

  @Test
  void targetsThatDifferFromClassToClassAreNoReasonToWarn() throws Exception {
    SmallRuns.train(SmallRuns.settings(directory, "method=al"));
    assertThat(SmallRuns.events(directory))
        .extracting(event -> event.get("event").asText())
        .containsExactly("started", "epoch", "epoch", "finished");
  }
}
