package io.blockwise.job.report.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP server that answers as MLflow does, as far as its documentation of the REST interface
 * says, and keeps what it was asked. Thread-safe.
 */
final class RecordingServer implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * A request.
   *
   * @param asked method and path
   */
  record Request(String asked, String authorization, String body) {
    JsonNode json() throws IOException {
      return JSON.readTree(body);
    }
  }

  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final String artifacts;
  private volatile int failures;
  private volatile boolean known;

  private RecordingServer(HttpServer server, String artifacts) {
    this.server = server;
    this.artifacts = artifacts;
  }

  /**
   * Starts one.
   *
   * @param artifacts where it says that artifacts of a run belong
   */
  static RecordingServer start(String artifacts) throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    RecordingServer server = new RecordingServer(http, artifacts);
    http.createContext("/", server::answer);
    http.start();
    return server;
  }

  /** Its address, as {@code report.mlflow.uri} has it. */
  String uri() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Answers the next requests with an error. */
  void failNext(int requests) {
    failures = requests;
  }

  /** Knows the run from before. */
  void knowRun() {
    known = true;
  }

  /** What was asked of a path. */
  List<Request> of(String path) {
    return requests.stream().filter(request -> request.asked().endsWith(path)).toList();
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    byte[] body = exchange.getRequestBody().readAllBytes();
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    if (failures > 0) {
      failures--;
      reply(exchange, 503, "busy");
      return;
    }
    requests.add(
        new Request(
            exchange.getRequestMethod() + " " + path,
            String.valueOf(authorization),
            new String(body, StandardCharsets.UTF_8)));
    String run = "{\"info\":{\"run_id\":\"r1\",\"artifact_uri\":\"" + artifacts + "\"}}";
    switch (path.substring(path.lastIndexOf("mlflow/") + 7)) {
      case "experiments/get-by-name" ->
          reply(exchange, 404, "{\"error_code\":\"RESOURCE_DOES_NOT_EXIST\"}");
      case "experiments/create" -> reply(exchange, 200, "{\"experiment_id\":\"7\"}");
      case "runs/search" -> reply(exchange, 200, known ? "{\"runs\":[" + run + "]}" : "{}");
      case "runs/create" -> reply(exchange, 200, "{\"run\":" + run + "}");
      default -> reply(exchange, 200, "{}");
    }
  }

  private static void reply(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
