package io.blockwise.job.report.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.base.Printable;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The requests of MLflow's REST interface (version 2.0) that a run needs. Who asks is said by the
 * environment variables that MLflow's own client reads: {@code MLFLOW_TRACKING_TOKEN}, or {@code
 * MLFLOW_TRACKING_USERNAME} and {@code MLFLOW_TRACKING_PASSWORD}. Used by one thread.
 */
final class MlflowClient {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final String RUN = "run";
  private static final String EXPERIMENT = "experiment_id";

  private final String server;
  private final Optional<String> authorization;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

  /** A run as the server knows it. */
  record Run(String id, String artifacts) {}

  /**
   * Of a server.
   *
   * @param server such as {@code http://mlflow:5000}
   */
  MlflowClient(String server, Map<String, String> environment) {
    this.server = server.replaceFirst("/+$", "");
    this.authorization = authorization(environment);
  }

  private static Optional<String> authorization(Map<String, String> environment) {
    String token = environment.getOrDefault("MLFLOW_TRACKING_TOKEN", "");
    String user = environment.getOrDefault("MLFLOW_TRACKING_USERNAME", "");
    String password = environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", "");
    if (!token.isEmpty()) {
      return Optional.of("Bearer " + token);
    }
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return user.isEmpty()
        ? Optional.empty()
        : Optional.of("Basic " + Base64.getEncoder().encodeToString(both));
  }

  /** The experiment of a name, made if there is none. */
  String experiment(String name) throws IOException, InterruptedException {
    String query = "?experiment_name=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    HttpResponse<String> found = send(request("experiments/get-by-name" + query).GET());
    if (found.statusCode() == NOT_FOUND) {
      return post("experiments/create", Map.of("name", name)).path(EXPERIMENT).asText();
    }
    return answer(found).path("experiment").path(EXPERIMENT).asText();
  }

  /** The run that has a tag of that value, if there is one. */
  Optional<Run> find(String experiment, String tag, String value)
      throws IOException, InterruptedException {
    JsonNode found =
        post(
            "runs/search",
            Map.of(
                "experiment_ids",
                List.of(experiment),
                "filter",
                "tags.`" + tag + "` = '" + value + "'",
                "max_results",
                1));
    JsonNode runs = found.path("runs");
    return runs.isEmpty() ? Optional.empty() : Optional.of(run(runs.get(0)));
  }

  /** A new run. */
  Run create(String experiment, String name, long millis, List<Map<String, Object>> tags)
      throws IOException, InterruptedException {
    Map<String, Object> asked =
        Map.of(EXPERIMENT, experiment, "run_name", name, "start_time", millis, "tags", tags);
    return run(post("runs/create", asked).path(RUN));
  }

  private static Run run(JsonNode run) {
    JsonNode info = run.path("info");
    return new Run(info.path("run_id").asText(), info.path("artifact_uri").asText());
  }

  /** Adds metrics, parameters and tags. */
  void log(String run, Map<String, ?> content) throws IOException, InterruptedException {
    Map<String, Object> asked = new TreeMap<>(content);
    asked.put("run_id", run);
    post("runs/log-batch", asked);
  }

  /** Says how a run stands: {@code RUNNING}, {@code FINISHED}, {@code FAILED} or {@code KILLED}. */
  void status(String run, String status, Optional<Long> endMillis)
      throws IOException, InterruptedException {
    Map<String, Object> asked = new TreeMap<>(Map.of("run_id", run, "status", status));
    endMillis.ifPresent(millis -> asked.put("end_time", millis));
    post("runs/update", asked);
  }

  /** Hands a file to the server's own store. */
  void upload(String path, byte[] content) throws IOException, InterruptedException {
    HttpRequest.Builder put =
        HttpRequest.newBuilder(URI.create(server + "/api/2.0/mlflow-artifacts/artifacts/" + path))
            .PUT(BodyPublishers.ofByteArray(content));
    answer(send(put));
  }

  private JsonNode post(String action, Map<String, ?> body)
      throws IOException, InterruptedException {
    String json = JSON.writeValueAsString(body);
    return answer(
        send(
            request(action)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))));
  }

  private HttpRequest.Builder request(String action) {
    return HttpRequest.newBuilder(URI.create(server + "/api/2.0/mlflow/" + action));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    authorization.ifPresent(value -> request.header("Authorization", value));
    return http.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
  }

  private static JsonNode answer(HttpResponse<String> response) throws IOException {
    if (response.statusCode() != OK) {
      String said = Printable.of(response.body().lines().findFirst().orElse(""));
      throw new IOException(
          "it answers " + response.statusCode() + (said.isEmpty() ? "" : " " + said));
    }
    return JSON.readTree(response.body().isEmpty() ? "{}" : response.body());
  }
}
