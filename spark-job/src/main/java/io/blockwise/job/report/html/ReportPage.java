package io.blockwise.job.report.html;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.blockwise.base.Json;
import io.blockwise.job.svg.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.IntStream;

/**
 * A run as one page of HTML: its figures as tables, its course as pictures. It holds all that it
 * shows, loads nothing and runs nothing; what comes from elsewhere is escaped. A page has a few MB
 * at most.
 */
public final class ReportPage {
  private static final JsonMapper JSON = Json.records().build();
  private static final int MOST_CLASSES = 200;

  private final RunHistory history;
  private final List<JsonNode> epochs;
  private final Optional<Result> result;
  private final JsonNode metrics;
  private final Html html;

  private ReportPage(String runId, RunHistory history, Optional<Result> result) {
    this.history = history;
    this.result = result;
    epochs = history.epochs();
    metrics =
        result
            .<JsonNode>map(reached -> JSON.valueToTree(reached.metrics()))
            .orElse(MissingNode.getInstance());
    html = new Html("Run " + runId);
    html.element("h1", "Run " + runId);
  }

  /**
   * The page as it is now.
   *
   * @param result empty while the run has none
   */
  public static String of(String runId, RunHistory history, Optional<Result> result) {
    ReportPage page = new ReportPage(runId, history, result);
    page.summary();
    page.accuracies();
    page.course();
    page.pushes();
    page.workers();
    page.incidents();
    page.classes();
    page.metrics();
    return page.html.finished();
  }

  private void summary() {
    JsonNode last = history.last();
    String ended = last.path("event").asText();
    boolean bad = ended.equals("failed") || ended.equals("interrupted");
    html.element("p", state(last), "class", bad ? "failed" : "state");
    JsonNode start = history.start();
    List<List<String>> rows = new ArrayList<>();
    for (String field : List.of("model", "dataset", "method", "local_loss", "engine", "blocks")) {
      rows.add(List.of(field.replace('_', ' '), text(start.path(field))));
    }
    rows.add(List.of("workers", text(start.path("workers"))));
    rows.add(List.of("begun", Figures.time(history.since())));
    rows.add(List.of("time (s)", Figures.rounded(history.seconds())));
    rows.add(List.of("epochs", epochs.isEmpty() ? "0" : text(newest().path("epoch"))));
    if (!history.stopped().isMissingNode()) {
      rows.add(List.of("ended early", text(history.stopped().path("reason"))));
    }
    if (result.isPresent()) {
      rows.add(List.of("selected epoch", text(metrics.path("selected_epoch"))));
      rows.add(
          List.of("examples/s", Figures.rounded(metrics.path("examples_per_second").asDouble())));
    }
    html.tag("table").tag("tbody");
    rows.forEach(row -> html.tag("tr").element("th", row.get(0)).element("td", row.get(1)).end());
    html.end().end();
  }

  private String state(JsonNode last) {
    String reason = Figures.shortened(last.path("reason").asText());
    return switch (last.path("event").asText()) {
      case "finished" -> "The model is published: " + last.path("version").asText();
      case "not_published" -> reason;
      case "failed" -> "Failed: " + reason;
      case "interrupted" -> "Interrupted: " + reason;
      default ->
          result.isPresent()
              ? "Trained"
              : "At work when this was written, or its driver was killed since";
    };
  }

  private JsonNode newest() {
    return epochs.isEmpty() ? MissingNode.getInstance() : epochs.get(epochs.size() - 1);
  }

  private void accuracies() {
    JsonNode validation =
        result.isPresent()
            ? metrics.path("validation").path("accuracy")
            : newest().path("validation_accuracy");
    JsonNode test = metrics.path("test").path("accuracy");
    JsonNode trained = metrics.path("dynamics").path("trained_epochs");
    if (validation.isEmpty()) {
      return;
    }
    html.element("h2", "Accuracy of the exits");
    List<List<String>> rows = new ArrayList<>();
    List<List<JsonNode>> bars = new ArrayList<>();
    for (int k = 0; k < validation.size(); k++) {
      rows.add(
          List.of(
              Integer.toString(k + 1),
              Figures.percent(validation.path(k)),
              Figures.percent(test.path(k)),
              text(trained.path(k))));
      bars.add(List.of(percent(validation.path(k)), percent(test.path(k))));
    }
    Labels labels = new Labels("Accuracy of every block's exit", "", "%");
    beside(
        List.of("block", "validation", "test", "trained epochs"),
        rows,
        Pictures.bars(labels, List.of("validation", "test"), bars));
  }

  /** A table and what it looks like. */
  private void beside(List<String> titles, List<List<String>> rows, String picture) {
    html.tag("div", "class", "pictures").tag("div").table(titles, rows).end();
    html.picture(picture).end();
  }

  private static JsonNode percent(JsonNode share) {
    return share.isNumber() ? DoubleNode.valueOf(100 * share.asDouble()) : share;
  }

  private void course() {
    html.element("h2", "Epochs");
    if (epochs.isEmpty()) {
      html.element("p", "No epoch was finished.");
      return;
    }
    html.tag("div", "class", "pictures");
    html.picture(
        Pictures.curves(
            "Loss", "mean per row", epochs, (i, k) -> epochs.get(i).path("loss").path(k)));
    html.picture(
        Pictures.curves(
            "Accuracy on validation",
            "%",
            epochs,
            (i, k) -> percent(epochs.get(i).path("validation_accuracy").path(k))));
    html.picture(
        Pictures.curves("Staleness of the epoch's pushes", "rounds", epochs, this::staleness));
    html.picture(
        Pictures.curve(
            new Labels("Speed", "epoch", "examples/s"),
            "all workers",
            epochs,
            "examples_per_second"));
    html.end();
  }

  /** Mean over the pushes that were accepted since the epoch before. */
  private JsonNode staleness(int epoch, int block) {
    JsonNode now = pushes(epochs.get(epoch), block);
    JsonNode before = epoch == 0 ? MissingNode.getInstance() : pushes(epochs.get(epoch - 1), block);
    long accepted = now.path("accepted").asLong() - before.path("accepted").asLong();
    double sum = now.path("staleness_sum").asDouble() - before.path("staleness_sum").asDouble();
    return accepted > 0 ? DoubleNode.valueOf(sum / accepted) : MissingNode.getInstance();
  }

  private static JsonNode pushes(JsonNode epoch, int block) {
    return epoch.path("pushes_so_far_by_block").path(block);
  }

  private void pushes() {
    if (epochs.isEmpty()) {
      return;
    }
    html.element("h2", "Pushes");
    List<List<String>> rows = new ArrayList<>();
    List<List<JsonNode>> bars = new ArrayList<>();
    for (int k = 0; k < Pictures.blocks(epochs); k++) {
      JsonNode counts = pushes(newest(), k);
      List<String> row = new ArrayList<>();
      row.add(Integer.toString(k + 1));
      row.add(text(counts.path("received")));
      Pictures.FATES.forEach(fate -> row.add(text(counts.path(fate))));
      long accepted = counts.path("accepted").asLong();
      double sum = counts.path("staleness_sum").asDouble();
      row.add(Figures.rounded(accepted == 0 ? 0 : sum / accepted));
      rows.add(row);
      bars.add(
          Pictures.FATES.stream()
              .<JsonNode>map(fate -> LongNode.valueOf(counts.path(fate).asLong()))
              .toList());
    }
    List<String> titles = new ArrayList<>(List.of("block", "received"));
    titles.addAll(Pictures.FATES);
    titles.add("mean staleness (rounds)");
    JsonNode sent = metrics.path("pushes").path("sent");
    String ofWorkers = sent.isNumber() ? " Workers sent " + sent.asLong() + "." : "";
    html.element("p", "What became of pushes until the end of the last epoch." + ofWorkers);
    Labels labels = new Labels("Pushes of every block", "", "pushes");
    beside(titles, rows, Pictures.bars(labels, Pictures.FATES, bars));
  }

  private void workers() {
    SortedMap<Integer, List<LeaseSpans.Span>> leases = history.leases();
    if (leases.isEmpty()) {
      return;
    }
    html.element("h2", "Workers");
    html.element(
        "p",
        "Leases: %d trained, %d lost%s. What a box holds is the number of its lease."
            .formatted(
                history.count("lease"),
                history.count("lease_lost"),
                history.executorsLost() == 0 ? "" : ", on " + executors(history.executorsLost())));
    html.picture(Pictures.timeline(leases));
  }

  private static String executors(int count) {
    return count + (count == 1 ? " executor" : " executors");
  }

  private void incidents() {
    html.element("h2", "What happened");
    html.element(
        "p",
        ("Starts %d, resumptions %d, checkpoints %d (failed %d), leases lost %d, parts of evaluations"
                + " lost %d, warnings %d.")
            .formatted(
                history.count("started"),
                history.count("resumed"),
                history.count("checkpoint"),
                history.count("checkpoint_failed"),
                history.count("lease_lost"),
                history.count("evaluation_lost"),
                history.count("warning")));
    List<List<String>> rows = new ArrayList<>();
    for (RunHistory.Incident incident : history.incidents()) {
      rows.add(
          List.of(
              Figures.rounded(incident.seconds()),
              Figures.time(incident.time()),
              incident.event().replace('_', ' '),
              Figures.details(incident.event(), incident.details())));
    }
    html.table(List.of("second", "time", "event", ""), rows);
  }

  private void classes() {
    JsonNode blocks = metrics.path("test").path("class_accuracy");
    if (blocks.isEmpty()) {
      return;
    }
    List<String> names = result.orElseThrow().classes();
    html.element("h2", "Accuracy on test by class");
    List<String> titles = new ArrayList<>(List.of("class"));
    IntStream.rangeClosed(1, blocks.size()).forEach(k -> titles.add("block " + k));
    List<List<String>> rows = new ArrayList<>();
    for (int c = 0; c < Math.min(MOST_CLASSES, names.size()); c++) {
      List<String> row = new ArrayList<>(List.of(Figures.shortened(names.get(c))));
      for (JsonNode block : blocks) {
        row.add(Figures.percent(block.path(c)));
      }
      rows.add(row);
    }
    html.table(titles, rows);
    if (names.size() > MOST_CLASSES) {
      html.element("p", "The other " + (names.size() - MOST_CLASSES) + " are in metrics.json.");
    }
  }

  private void metrics() {
    if (result.isPresent()) {
      html.element("h2", "All figures of metrics.json");
      html.element("p", "Beside test.confusion and test.class_accuracy.");
      List<List<String>> rows = new ArrayList<>();
      Figures.flat("", metrics, rows);
      rows.removeIf(row -> row.get(0).matches("test\\.(confusion|class_accuracy)"));
      html.table(List.of("figure", "value"), rows);
    }
  }

  private static String text(JsonNode value) {
    return value.isMissingNode() || value.isNull() ? "-" : Figures.shortened(value.asText());
  }
}
