package io.blockwise.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes every object that a client makes, and returns it as a cluster would. Thread-safe. */
final class KubernetesApi implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpServer server;
  private final List<JsonNode> objects = new CopyOnWriteArrayList<>();

  private KubernetesApi(HttpServer server) {
    this.server = server;
  }

  static KubernetesApi start() throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
    KubernetesApi api = new KubernetesApi(HttpServer.create(address, 0));
    api.server.createContext("/", api::answer);
    api.server.start();
    return api;
  }

  /** What spark-submit is given. */
  String master() {
    return "k8s://http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The objects of a kind that were made, or changed, in order. */
  List<JsonNode> objects(String kind) {
    return objects.stream().filter(object -> object.path("kind").asText().equals(kind)).toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      byte[] answer = body.length == 0 ? nothing() : taken(body);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(body.length == 0 ? 404 : 200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private static byte[] nothing() throws IOException {
    ObjectNode status = JSON.createObjectNode().put("kind", "Status").put("apiVersion", "v1");
    return JSON.writeValueAsBytes(status.put("status", "Failure").put("code", 404));
  }

  private byte[] taken(byte[] body) throws IOException {
    JsonNode object = JSON.readTree(body);
    objects.add(object.deepCopy());
    if (object.get("metadata") instanceof ObjectNode metadata) {
      metadata.put("uid", UUID.randomUUID().toString()).put("resourceVersion", "1");
    }
    return JSON.writeValueAsBytes(object);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
