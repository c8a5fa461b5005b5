package io.blockwise.model.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.blockwise.base.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final String JSON =
      """
      {"validation": {"accuracy": [0.5, 0.75]},
       "test": {"accuracy": [0.25, 0.625], "class_accuracy": [[0.25, 0.25], [0.625, null]],
                "confusion": [[[1, 3], [3, 1]], [[5, 3], [0, 0]]]},
       "selected_epoch": 2, "epochs": 3, "workers": 2, "examples_per_second": 1234.5,
       "seconds": 60.25, "parameters": {"body": 216, "heads": 10, "exits": 22},
       "pushes": {"sent": 12, "received": 15, "accepted": 5, "dropped": 4, "duplicate": 3,
                  "fenced": 2, "refused": 1},
       "wait_for_data_share": 0.015,
       "cost": {"step_seconds": 0.25, "peak_memory_bytes": 8589934592, "pushed_bytes": 1000,
                "pulled_bytes": 2000},
       "dynamics": {"trained_epochs": [2, 3], "compute_saved": 0.25, "pushed_bytes_saved": 500}}
      """;

  @Test
  void keysAreTheContract() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    assertThat(mapper.readTree(ArtifactJson.write(Samples.metrics())))
        .isEqualTo(mapper.readTree(JSON));
  }

  @Test
  void metricsComeBackAlsoWithKeysOfALaterVersion() throws IOException {
    String later = JSON.replace("\"epochs\"", "\"later\": 1, \"epochs\"");
    assertThat(read(later)).isEqualTo(Samples.metrics());
  }

  @Test
  void missingKeyIsRefusedInOneLine() {
    assertThatThrownBy(() -> read(JSON.replace("\"workers\"", "\"threads\"")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("workers")
        .hasMessageNotContaining("\n");
  }

  @Test
  void accuracyInPercentIsRefused() {
    assertThatThrownBy(() -> new Metrics.Accuracies(List.of(0.5, 71.0)))
        .hasMessage("Invalid accuracy: 71.0 (must be from 0.0 to 1.0)");
    assertThatThrownBy(() -> new Metrics.Accuracies(List.of(Double.NaN)))
        .hasMessageStartingWith("Invalid accuracy: NaN");
  }

  @Test
  void metricsFromBeforeTestsWereCountedByClassAreRead() throws IOException {
    String before = JSON.replaceFirst("(?s), \"class_accuracy\".*?]]]", "");
    assertThat(before).contains("\"test\": {\"accuracy\": [0.25, 0.625]}");
    Metrics.TestFigures test = read(before).test();
    assertThat(test.accuracy()).isEqualTo(Samples.metrics().test().accuracy());
    assertThat(test.confusion()).isEmpty();
    assertThat(test.classAccuracy()).isEmpty();
  }

  @Test
  void metricsFromBeforeBlocksCouldStopAreRead() throws IOException {
    String before = JSON.replaceFirst("(?s),\\s*\"dynamics\".*?}", "");
    assertThat(before).doesNotContain("dynamics");
    assertThat(read(before).dynamics()).isEqualTo(Metrics.Dynamics.UNKNOWN);
  }

  @Test
  void savingsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new Metrics.Dynamics(List.of(1, -1), 0, 0))
        .hasMessage("Invalid dynamics.trained_epochs: -1 (must be at least 0)");
    assertThatThrownBy(() -> new Metrics.Dynamics(List.of(), 1.5, 0))
        .hasMessageStartingWith("Invalid dynamics.compute_saved: 1.5");
  }

  @Test
  void confusionThatIsNoSquareOfCountsIsRefused() {
    for (List<List<Long>> matrix :
        List.of(List.of(List.of(1L, 2L)), List.of(List.of(1L, -2L), List.of(1L, 2L)))) {
      assertThatThrownBy(() -> new Metrics.TestFigures(List.of(0.5), List.of(matrix)))
          .hasMessageStartingWith("Invalid test.confusion: [1, ")
          .hasMessageContaining("(must be ");
    }
    assertThatThrownBy(() -> new Metrics.TestFigures(List.of(0.5), List.of(List.of(), List.of())))
        .hasMessage("Invalid test.confusion: 2 (must be for 1)");
  }

  @Test
  void pushesThatDoNotAddUpAreRefused() {
    assertThatThrownBy(() -> new Metrics.Pushes(9, 9, 5, 1, 1, 1, 0))
        .hasMessage("Invalid pushes.received: 9 (must be the sum of its kinds, 8)");
  }

  private static Metrics read(String json) throws IOException {
    return ArtifactJson.read("metrics.json", json.getBytes(StandardCharsets.UTF_8), Metrics.class);
  }
}
