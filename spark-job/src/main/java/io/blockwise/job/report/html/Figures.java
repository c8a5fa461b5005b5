package io.blockwise.job.report.html;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.base.Printable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;

/** Figures of events and metrics as a page has them. */
final class Figures {
  /** Of a start: the rest stands above. */
  private static final Set<String> OF_A_START = Set.of("host", "pid", "workers", "engine");

  private Figures() {}

  /** A share as percent; {@code -} where there is none. */
  static String percent(JsonNode share) {
    return share.isNumber() ? String.format(Locale.ROOT, "%.2f %%", 100 * share.asDouble()) : "-";
  }

  /** With as many digits as people read. */
  static String rounded(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.3f" : "%.1f", value);
  }

  /** A time (ISO 8601) without parts of its second. */
  static String time(String time) {
    return time.replaceAll("\\.\\d+Z", "Z");
  }

  /** A text that may be long, and without what a URI has of users and passwords. */
  static String shortened(String text) {
    return Printable.of(text).replaceAll("://[^/@\\s]+@", "://");
  }

  /** Fields of an event on one line. */
  static String details(String event, JsonNode fields) {
    return StreamSupport.stream(
            ((Iterable<Map.Entry<String, JsonNode>>) fields::fields).spliterator(), false)
        .filter(field -> !event.equals("started") || OF_A_START.contains(field.getKey()))
        .filter(field -> !field.getValue().isNull())
        .map(field -> field.getKey().replace('_', ' ') + " " + value(field.getValue()))
        .collect(joining(", "));
  }

  private static String value(JsonNode value) {
    return value.isDouble() ? rounded(value.asDouble()) : shortened(value.asText());
  }

  /** Every figure of an object as a row of its path and its value; a list is one figure. */
  static void flat(String path, JsonNode object, List<List<String>> rows) {
    object
        .fields()
        .forEachRemaining(
            field -> {
              String name = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
              if (field.getValue().isObject()) {
                flat(name, field.getValue(), rows);
              } else {
                rows.add(List.of(name, plain(field.getValue())));
              }
            });
  }

  private static String plain(JsonNode value) {
    return value.isArray()
        ? StreamSupport.stream(value.spliterator(), false)
            .map(JsonNode::asText)
            .collect(joining(", "))
        : value.asText();
  }
}
