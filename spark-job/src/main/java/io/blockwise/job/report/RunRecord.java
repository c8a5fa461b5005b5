package io.blockwise.job.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What a run's directory says of it, each part as it is shown: {@code -} where nothing is known.
 * Immutable.
 *
 * @param started time of the start (ISO 8601)
 * @param accuracy in percent, of every block, with the split that it was measured on
 * @param status done, failed, interrupted, running or died; or what is wrong with the record
 */
record RunRecord(
    String id,
    String started,
    String model,
    String data,
    String method,
    String workers,
    String accuracy,
    String status) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String UNKNOWN = "-";
  private static final String EPOCH = "{\"event\":\"epoch\",";
  private static final int LONGEST = 100;

  /** The lines of {@code events.jsonl} that tell what became of a run. */
  private static final class Lines {
    private String first;
    private String epoch;
    private String beforeLast;
    private String last;

    void add(String line) {
      first = first == null ? line : first;
      epoch = line.startsWith(EPOCH) ? line : epoch;
      beforeLast = last;
      last = line;
    }

    /** The last line; the one before it if a process that was killed left half a line. */
    JsonNode last() throws JsonProcessingException {
      try {
        return JSON.readTree(last);
      } catch (JsonProcessingException e) {
        if (beforeLast == null) {
          throw e;
        }
        return JSON.readTree(beforeLast);
      }
    }
  }

  /** Reads a run; whatever is wrong with it becomes its status. */
  static RunRecord read(FileSystem files, Path run, Instant now) {
    try {
      Lines lines = lines(files, new Path(run, "events.jsonl"));
      return lines.first == null
          ? damaged(run, "events.jsonl is empty")
          : of(run, JSON.readTree(lines.first), lines, now);
    } catch (FileNotFoundException e) {
      return unknown(run, withoutEvents(files, run));
    } catch (JsonProcessingException e) {
      return damaged(run, "a line of events.jsonl is no JSON");
    } catch (IOException | RuntimeException e) {
      return damaged(run, "events.jsonl cannot be read: " + e.getMessage());
    }
  }

  /** The baseline that Blockwise is compared with keeps another record. */
  private static String withoutEvents(FileSystem files, Path run) {
    try {
      return files.exists(new Path(run, "baseline.json")) ? "done (baseline)" : "no events";
    } catch (IOException e) {
      return "damaged: it cannot be read: " + e.getMessage();
    }
  }

  private static Lines lines(FileSystem files, Path file) throws IOException {
    Lines lines = new Lines();
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(files.open(file), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        lines.add(line);
      }
    }
    return lines;
  }

  private static RunRecord of(Path run, JsonNode start, Lines lines, Instant now)
      throws JsonProcessingException {
    if (!start.path("event").asText().equals("started")) {
      return damaged(run, "events.jsonl does not begin with the start of a run");
    }
    JsonNode last = lines.last();
    String data = text(start, "dataset");
    return new RunRecord(
        run.getName(),
        text(start, "time"),
        text(start, "model"),
        data.substring(data.lastIndexOf('/') + 1),
        text(start, "method"),
        text(start, "workers"),
        accuracy(lines, last),
        status(start, last, now));
  }

  private static String accuracy(Lines lines, JsonNode last) throws JsonProcessingException {
    JsonNode test = last.path("metrics").path("test").path("accuracy");
    if (!test.isEmpty()) {
      return percent(test) + " test";
    }
    JsonNode validation =
        lines.epoch == null ? test : JSON.readTree(lines.epoch).path("validation_accuracy");
    return validation.isEmpty() ? UNKNOWN : percent(validation) + " validation";
  }

  private static String percent(JsonNode shares) {
    return StreamSupport.stream(shares.spliterator(), false)
        .map(share -> String.format(Locale.ROOT, "%.1f", 100 * share.asDouble()))
        .collect(Collectors.joining(" ", "", " %"));
  }

  private static String status(JsonNode start, JsonNode last, Instant now) {
    return switch (last.path("event").asText()) {
      case "finished" -> "done";
      case "failed" -> "failed: " + text(last, "reason");
      case "interrupted" -> "interrupted";
      case "not_published" -> "done, not published";
      default -> unfinished(start, last, now);
    };
  }

  /** Nothing says that it ended: it goes on, or its process was killed. */
  private static String unfinished(JsonNode start, JsonNode last, Instant now) {
    String host = text(start, "host");
    String silence = "last event " + ago(last, now);
    if (!host.equals(ThisProcess.host()) || !start.path("pid").canConvertToLong()) {
      return "running or died" + (host.equals(UNKNOWN) ? "" : " on " + host) + ", " + silence;
    }
    long pid = start.path("pid").longValue();
    return isAlive(pid, start) ? "running, " + silence : "died, " + silence;
  }

  private static boolean isAlive(long pid, JsonNode start) {
    try {
      return ThisProcess.isAlive(pid, Instant.parse(text(start, "time")));
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static String ago(JsonNode event, Instant now) {
    try {
      Duration age = Duration.between(Instant.parse(text(event, "time")), now);
      long minutes = Math.max(0, age.toMinutes());
      return minutes < 100
          ? minutes + " min ago"
          : minutes < 100 * 60 ? minutes / 60 + " h ago" : minutes / (24 * 60) + " days ago";
    } catch (DateTimeException e) {
      return "at an unknown time";
    }
  }

  private static RunRecord damaged(Path run, String fact) {
    return unknown(run, "damaged: " + fact);
  }

  private static RunRecord unknown(Path run, String status) {
    return new RunRecord(
        run.getName(), UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, status);
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asText(UNKNOWN);
  }

  /** The run as a row of a table, in the order of its titles; every cell on one line. */
  List<String> cells() {
    return List.of(id, model, data, method, workers, accuracy, status).stream()
        .map(cell -> cell.lines().findFirst().orElse(UNKNOWN).replaceAll("\\p{Cc}", "?"))
        .map(cell -> cell.length() > LONGEST ? cell.substring(0, LONGEST - 3) + "..." : cell)
        .toList();
  }
}
