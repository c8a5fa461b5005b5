package io.blockwise.job.report.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.job.training.Training;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real trainings beside a server that records what it is asked. */
@Timeout(120)
class MlflowRunTest {
  @TempDir Path directory;

  private String train(String uri, String... sets) throws Exception {
    String[] all = new String[sets.length + 2];
    all[0] = "report.mlflow.uri=" + uri;
    all[1] = "report.mlflow.experiment=pictures of shapes";
    System.arraycopy(sets, 0, all, 2, sets.length);
    return SmallRuns.printed(() -> Training.run(SmallRuns.settings(directory, all)));
  }

  @Test
  void aRunIsTrackedWithItsKeysFiguresAndEnd() throws Exception {
    Path artifacts = directory.resolve("artifacts of r1");
    try (RecordingServer server = RecordingServer.start(artifacts.toString())) {
      train(server.uri());
      assertThat(server.of("experiments/create").get(0).json().path("name").asText())
          .isEqualTo("pictures of shapes");
      assertThat(server.of("runs/create").get(0).json().path("run_name").asText()).isEqualTo("run");
      assertThat(logged(server, "params"))
          .containsEntry("training.epochs", "2")
          .containsEntry("data.kind", "shapes")
          .containsEntry("vgg-small.width", "4");
      Set<String> steps = new HashSet<>();
      for (RecordingServer.Request request : server.of("runs/log-batch")) {
        assertThat(request.json().path("params").size()).isLessThanOrEqualTo(100);
        for (JsonNode metric : request.json().path("metrics")) {
          steps.add(metric.path("key").asText() + " " + metric.path("step").asInt());
        }
      }
      assertThat(steps)
          .contains("loss/block_1 1", "validation_accuracy/block_3 2", "examples_per_second 2");
      assertThat(logged(server, "metrics")).containsKey("test_accuracy/block_3");
      assertThat(logged(server, "tags").get("blockwise.model")).endsWith("versions/run");
      assertThat(server.of("runs/update"))
          .singleElement()
          .satisfies(end -> assertThat(end.json().path("status").asText()).isEqualTo("FINISHED"));
      assertThat(artifacts.resolve("report.html")).content().contains("validation");
      assertThat(artifacts.resolve("resolved.conf")).content().contains("training");
    }
  }

  @Test
  void aRunThatFailsIsTrackedAsFailedAndOneThatIsKnownGoesOn() throws Exception {
    try (RecordingServer server = RecordingServer.start("mlflow-artifacts:/7/r1/artifacts")) {
      server.knowRun();
      assertThatThrownBy(() -> train(server.uri(), "training.learning-rate=1e30"))
          .hasMessageContaining("not finite");
      assertThat(server.of("runs/create")).isEmpty();
      assertThat(server.of("runs/update").get(0).json().path("status").asText())
          .isEqualTo("RUNNING");
      assertThat(server.of("runs/update").get(1).json().path("status").asText())
          .isEqualTo("FAILED");
      assertThat(server.of("mlflow-artifacts/artifacts/7/r1/artifacts/report.html"))
          .singleElement()
          .satisfies(put -> assertThat(put.asked()).startsWith("PUT "));
    }
  }

  @Test
  void aServerThatIsAwayIsSaidOnceAndWhatItMissedIsSentLater() throws Exception {
    try (RecordingServer server = RecordingServer.start(directory.resolve("a").toString())) {
      server.failNext(2); // the beginning, and the first epoch
      String said = train(server.uri());
      assertThat(said)
          .containsOnlyOnce("Cannot track the run in MLflow at " + server.uri())
          .contains("it answers 503 busy; training goes on");
      assertThat(logged(server, "metrics")).containsKeys("loss/block_1", "test_accuracy/block_1");
    }
  }

  @Test
  void trainingGoesOnWithoutAServer() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    String said = train("http://127.0.0.1:" + free);
    assertThat(said).containsOnlyOnce("Cannot track the run in MLflow");
    assertThat(SmallRuns.published(directory).id()).isEqualTo("run");
  }

  private static Map<String, String> logged(RecordingServer server, String kind)
      throws IOException {
    Map<String, String> logged = new HashMap<>();
    for (RecordingServer.Request request : server.of("runs/log-batch")) {
      for (JsonNode entry : request.json().path(kind)) {
        logged.put(entry.path("key").asText(), entry.path("value").asText());
      }
    }
    return logged;
  }
}
