package io.blockwise.job.report.html;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.job.svg.Bars;
import io.blockwise.job.svg.Labels;
import io.blockwise.job.svg.Lanes;
import io.blockwise.job.svg.Plot;
import io.blockwise.job.svg.Point;
import io.blockwise.job.svg.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** The pictures of a run, as SVG documents of bounded size. */
final class Pictures {
  /** What becomes of pushes, as events name it. */
  static final List<String> FATES =
      List.of("accepted", "dropped", "duplicate", "fenced", "refused");

  /** Points of all curves of a picture, about. */
  private static final int POINTS = 4000;

  private static final int MOST_LANES = 24;

  private Pictures() {}

  /** A figure of an epoch and block over the epochs, a curve for every block. */
  static String curves(
      String title, String y, List<JsonNode> epochs, BiFunction<Integer, Integer, JsonNode> value) {
    int blocks = blocks(epochs);
    int step = 1 + epochs.size() * blocks / POINTS;
    List<Series> series = new ArrayList<>();
    for (int block = 0; block < blocks; block++) {
      List<Point> points = new ArrayList<>();
      for (int i = 0; i < epochs.size(); i++) {
        JsonNode figure = value.apply(i, block);
        boolean shown = i % step == 0 || i == epochs.size() - 1;
        if (shown && figure.isNumber()) {
          points.add(new Point(epochs.get(i).path("epoch").asInt(), figure.asDouble()));
        }
      }
      series.add(new Series("block " + (block + 1), points));
    }
    return Plot.ofLines(new Labels(title, "epoch", y), series);
  }

  /** A figure of an epoch over the epochs. */
  static String curve(Labels labels, String name, List<JsonNode> epochs, String field) {
    int step = 1 + epochs.size() / POINTS;
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < epochs.size(); i += step) {
      JsonNode epoch = epochs.get(i);
      points.add(new Point(epoch.path("epoch").asInt(), epoch.path(field).asDouble()));
    }
    return Plot.ofLines(labels, List.of(new Series(name, points)));
  }

  /** Bars of every block. */
  static String bars(Labels labels, List<String> series, List<List<JsonNode>> ofBlocks) {
    List<Bars.Group> groups = new ArrayList<>();
    for (List<JsonNode> values : ofBlocks) {
      List<Optional<Bars.Bar>> bars = values.stream().map(Pictures::bar).toList();
      groups.add(new Bars.Group("block " + (groups.size() + 1), bars));
    }
    return Bars.of(labels, series, groups);
  }

  private static Optional<Bars.Bar> bar(JsonNode value) {
    return value.isNumber()
        ? Optional.of(new Bars.Bar(Math.max(0, value.asDouble()), 0))
        : Optional.empty();
  }

  /** When the first workers had leases. */
  static String timeline(SortedMap<Integer, List<LeaseSpans.Span>> leases) {
    SortedMap<Integer, List<LeaseSpans.Span>> shown = new TreeMap<>();
    leases.entrySet().stream().limit(MOST_LANES).forEach(e -> shown.put(e.getKey(), e.getValue()));
    List<Lanes.Box> boxes = new ArrayList<>();
    shown.forEach((worker, spans) -> spans.forEach(span -> boxes.add(box(worker, span))));
    return Lanes.of(
        new Labels("Leases", "seconds of the run; time between two starts is left out", ""),
        shown.keySet().stream().map(worker -> new Lanes.Lane(worker, "worker " + worker)).toList(),
        List.of(new Lanes.Kind(0, "trained"), new Lanes.Kind(1, "lost, dealt again")),
        boxes);
  }

  private static Lanes.Box box(int worker, LeaseSpans.Span span) {
    double gap =
        span.leases() == 1 ? 0.06 * (span.to() - span.from()) : 0; // tells neighbours apart
    String text = span.leases() == 1 ? Long.toString(span.first()) : "";
    return new Lanes.Box(worker, span.from(), span.to() - gap, span.lost() ? 1 : 0, text);
  }

  /** Blocks that the last epoch has figures of. */
  static int blocks(List<JsonNode> epochs) {
    return epochs.isEmpty() ? 0 : epochs.get(epochs.size() - 1).path("loss").size();
  }
}
