package io.blockwise.job.report.html;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the events of a run have said so far, those of its earlier starts included; of many events
 * as much as a page shows. A line that is no event, such as half a line of a driver that was
 * killed, is passed over. Thread-safe.
 */
public final class RunHistory {
  /** Epochs that are kept; of more, every second is dropped. */
  private static final int MOST_EPOCHS = 1000;

  /** Incidents that are kept, the latest. */
  private static final int MOST_INCIDENTS = 300;

  /** Executors whose loss is told apart. */
  private static final int MOST_EXECUTORS = 10_000;

  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> FIGURES =
      List.of(
          "epoch",
          "loss",
          "validation_accuracy",
          "examples_per_second",
          "pushes_sent",
          "pushes_so_far_by_block");

  private JsonNode started = MissingNode.getInstance();
  private JsonNode last = MissingNode.getInstance();
  private JsonNode stopped = MissingNode.getInstance();
  private Instant first;
  private Instant latest;
  private Duration away = Duration.ZERO;
  private SortedMap<Integer, JsonNode> epochs = new TreeMap<>();
  private SortedMap<Integer, JsonNode> epochsBefore = new TreeMap<>();
  private final Deque<Incident> incidents = new ArrayDeque<>();
  private final Map<String, Long> counts = new TreeMap<>();
  private final Set<String> executors = new HashSet<>();
  private final LeaseSpans leases = new LeaseSpans();

  /**
   * Something that happened to a run. Immutable.
   *
   * @param seconds of the run, in which nothing ran between two starts is left out
   * @param event its kind
   * @param details its other fields
   */
  record Incident(double seconds, String time, String event, JsonNode details) {}

  /** Hears a line of {@code events.jsonl}. */
  public synchronized void add(byte[] line) {
    try {
      JsonNode event = JSON.readTree(new String(line, StandardCharsets.UTF_8));
      if (event != null && event.path("event").isTextual()) {
        add(event, Instant.parse(event.path("time").asText()));
      }
    } catch (JsonProcessingException | DateTimeException e) {
      // half a line, or none of ours
    }
  }

  private void add(JsonNode event, Instant time) {
    String kind = event.path("event").asText();
    first = first == null ? time : first;
    if (kind.equals("started") && latest != null) {
      away = away.plus(Duration.between(latest, time));
    }
    latest = time;
    counts.merge(kind, 1L, Long::sum);
    switch (kind) {
      case "started" -> started(event);
      case "epoch" -> epoch(event);
      case "lease" -> lease(event, false);
      case "lease_lost" -> {
        lease(event, true);
        if (event.path("executor").isTextual() && executors.size() < MOST_EXECUTORS) {
          executors.add(event.path("executor").asText());
        }
      }
      case "resumed" ->
          // what came after the checkpoint is trained again
          epochs = new TreeMap<>(epochsBefore.headMap(event.path("epoch").asInt()));
      case "stopped_early" -> stopped = event;
      case "finished", "failed", "interrupted", "not_published" -> last = event;
      default -> {}
    }
    if (!Set.of("epoch", "lease", "progress", "finished").contains(kind)) {
      incident(kind, event);
    }
  }

  private void started(JsonNode event) {
    started = event;
    last = MissingNode.getInstance();
    stopped = MissingNode.getInstance();
    epochsBefore = epochs;
    epochs = new TreeMap<>();
  }

  private void epoch(JsonNode event) {
    epochs.put(event.path("epoch").asInt(), ((ObjectNode) event).retain(FIGURES));
    if (epochs.size() > MOST_EPOCHS) {
      int newest = epochs.lastKey();
      boolean[] odd = {false};
      epochs.keySet().removeIf(epoch -> epoch != newest && (odd[0] = !odd[0]));
    }
  }

  private void lease(JsonNode event, boolean lost) {
    double to = seconds();
    double from = Math.max(0, to - event.path("seconds").asDouble());
    leases.add(
        event.path("worker").asInt(),
        new LeaseSpans.Span(from, to, lost, 1, event.path("lease").asLong()));
  }

  private void incident(String kind, JsonNode event) {
    JsonNode details = ((ObjectNode) event.deepCopy()).without(List.of("event", "time"));
    incidents.add(new Incident(seconds(), event.path("time").asText(), kind, details));
    if (incidents.size() > MOST_INCIDENTS) {
      incidents.remove();
    }
  }

  /** Time of the run, without that between two starts. */
  synchronized double seconds() {
    return first == null ? 0 : Duration.between(first, latest).minus(away).toMillis() / 1e3;
  }

  /** The event {@code started} of the last start; missing before it. */
  synchronized JsonNode start() {
    return started;
  }

  /** Time of the first start (ISO 8601); empty before it. */
  synchronized String since() {
    return first == null ? "" : first.toString();
  }

  /** The event that the run has ended with; missing while it goes on. */
  synchronized JsonNode last() {
    return last;
  }

  /** The event {@code stopped_early} of the last start; missing unless it has ended early. */
  synchronized JsonNode stopped() {
    return stopped;
  }

  /** Events of that kind, in all starts. */
  synchronized long count(String kind) {
    return counts.getOrDefault(kind, 0L);
  }

  /** Executors that leases were lost on. */
  synchronized int executorsLost() {
    return executors.size();
  }

  /** The epochs that count, in their order. */
  synchronized List<JsonNode> epochs() {
    return List.copyOf(epochs.values());
  }

  /** What happened, beside leases and epochs that were trained; the latest. */
  synchronized List<Incident> incidents() {
    return List.copyOf(incidents);
  }

  /** Leases of every worker, by its number. */
  synchronized SortedMap<Integer, List<LeaseSpans.Span>> leases() {
    SortedMap<Integer, List<LeaseSpans.Span>> copy = new TreeMap<>();
    leases.workers().forEach((worker, spans) -> copy.put(worker, new ArrayList<>(spans)));
    return copy;
  }
}
