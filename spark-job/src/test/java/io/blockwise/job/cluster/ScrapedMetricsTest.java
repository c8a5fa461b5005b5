package io.blockwise.job.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.job.ClusterProcess;
import java.io.IOException;
import java.io.Reader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus gets of a run, with the properties of conf/spark-cluster.properties. */
@Timeout(ClusterRun.SECONDS + 60)
@Tag("thorough")
class ScrapedMetricsTest {
  private static final String PREFIX =
      "metrics_blockwise_driver_plugin_io_blockwise_job_exchange_ExchangePlugin_";
  private static final Path CONF = Path.of(System.getProperty("basedir", ""), "..", "conf");
  private static final Pattern LINE = Pattern.compile("(\\w+)\\{[^}]*} (\\S+)");

  @TempDir Path directory;

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static Map<String, String> properties(int port) throws IOException {
    Properties ofCluster = new Properties();
    try (Reader in = Files.newBufferedReader(CONF.resolve("spark-cluster.properties"))) {
      ofCluster.load(in);
    }
    Map<String, String> properties = new HashMap<>();
    ofCluster.stringPropertyNames().stream()
        .filter(name -> name.startsWith("spark.metrics."))
        .forEach(name -> properties.put(name, ofCluster.getProperty(name).strip()));
    properties.put("spark.ui.enabled", "true");
    properties.put("spark.ui.port", Integer.toString(port));
    return properties;
  }

  private static Map<String, Double> scraped(int port) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + "/metrics/prometheus");
    HttpResponse<String> response =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL) // Spark puts a slash behind it
            .build()
            .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    String text = response.body();
    assertThat(text).contains(PREFIX);
    Map<String, Double> values = new TreeMap<>();
    Matcher line = LINE.matcher(text);
    while (line.find()) {
      values.put(line.group(1), Double.valueOf(line.group(2)));
    }
    return values;
  }

  @Test
  void figuresOfARunAreThoseOfItsEvents() throws Exception {
    int port = freePort();
    String master = ClusterProcess.localCluster(2, 1, 1024);
    String[] sets = {"workers=2", "training.epochs=400", "report.interval=1s"};
    try (ClusterRun run = ClusterRun.train(directory, master, properties(port), sets)) {
      run.await("epoch", 2);
      Map<String, Double> all = scraped(port);
      Map<String, Double> values = new TreeMap<>();
      all.forEach(
          (name, value) -> {
            if (name.startsWith(PREFIX) && name.endsWith("_Value")) {
              String figure = name.substring(PREFIX.length(), name.length() - "_Value".length());
              values.put(figure, value);
            }
          });
      run.await("epoch", 4);
      requireRun(values, run.events("epoch"));
      requireBlocks(values, run.events("epoch"));
      requireDashboard(all);
    }
  }

  private static void requireRun(Map<String, Double> values, List<JsonNode> epochs) {
    assertThat(values)
        .containsEntry("runs", 1.0)
        .containsEntry("epochs", 400.0)
        .containsEntry("leases_lost", 0.0);
    int epoch = values.get("epoch").intValue();
    assertThat(epoch).isBetween(2, epochs.size() + 1);
    assertThat(values.get("workers")).isBetween(0.0, 2.0);
    assertThat(values.get("fraction")).isBetween(1 / 400.0, (epoch + 1) / 400.0);
    double perEpoch = epochs.get(0).get("examples").asDouble();
    assertThat(values.get("examples"))
        .isBetween((epoch - 1.5) * perEpoch, (epoch + 0.5) * perEpoch);
    assertThat(values.get("examples_per_second")).isPositive();
    assertThat(values.get("bytes_pushed")).isBetween(1.0, bytes(epochs, "pushed"));
    assertThat(values.get("bytes_pulled")).isBetween(1.0, bytes(epochs, "pulled"));
  }

  private static double bytes(List<JsonNode> epochs, String way) {
    return epochs.get(epochs.size() - 1).get("exchange_bytes_so_far").get(way).asDouble();
  }

  private static void requireBlocks(Map<String, Double> values, List<JsonNode> epochs) {
    JsonNode first = epochs.get(0).get("pushes_so_far_by_block");
    JsonNode last = epochs.get(epochs.size() - 1).get("pushes_so_far_by_block");
    double bytes = 0;
    for (int k = 0; k < 3; k++) {
      String block = "block_" + (k + 1) + "_";
      for (String fate : List.of("accepted", "dropped", "duplicate", "fenced", "refused")) {
        assertThat(values.get(block + "pushes_" + fate))
            .as(block + fate)
            .isBetween(first.get(k).get(fate).asDouble(), last.get(k).get(fate).asDouble());
      }
      assertThat(values.get(block + "version")).isGreaterThanOrEqualTo(1);
      assertThat(values.get(block + "staleness")).isBetween(0.0, 10.0);
      assertThat(values).containsEntry(block + "gain", 1.0);
      assertThat(values.get(block + "loss")).isPositive();
      int index = k;
      assertThat(epochs)
          .extracting(epoch -> epoch.get("validation_accuracy").get(index).asDouble())
          .contains(values.get(block + "accuracy"));
      bytes += values.get(block + "bytes_pushed");
    }
    assertThat(bytes).isBetween(1.0, bytes(epochs, "pushed"));
  }

  private static void requireDashboard(Map<String, Double> values) throws IOException {
    JsonNode panels =
        new JsonMapper().readTree(CONF.resolve("grafana/blockwise.json").toFile()).get("panels");
    List<String> names = new ArrayList<>();
    for (JsonNode panel : panels) {
      for (JsonNode target : panel.get("targets")) {
        Matcher name =
            Pattern.compile("metrics_[\\w\\[\\]+-]+").matcher(target.get("expr").asText());
        assertThat(name.find()).as(target.toString()).isTrue();
        names.add(name.group());
      }
    }
    assertThat(names).hasSizeGreaterThan(15);
    assertThat(names)
        .allSatisfy(name -> assertThat(values.keySet()).anyMatch(found -> found.matches(name)));
  }
}
