package io.blockwise.job.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.base.Json;
import io.blockwise.base.files.Storage;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;

/**
 * A file of one JSON object per line, {@code events.jsonl}, that grows while a run goes on.
 *
 * <p>Each has {@code event} (its kind), {@code time} (UTC, ISO 8601) and the fields of that kind,
 * all in snake_case, those of records too. A number that JSON has no form for (NaN, infinite) is
 * {@code null}. A line is on storage when {@link #write} returns; on an object store within {@link
 * RewrittenFile#PERIOD} or so, and when the log is closed. Thread-safe.
 */
public final class EventLog implements AutoCloseable {
  private static final JsonMapper JSON = Json.records().build();

  private final Clock clock;
  private final GrowingFile lines;
  private final Consumer<byte[]> listener;

  private EventLog(GrowingFile lines, Clock clock, Consumer<byte[]> listener) {
    this.lines = lines;
    this.clock = clock;
    this.listener = listener;
  }

  /** Opens a log, behind the lines that the file has already. */
  public static EventLog open(Storage storage, Path file, Clock clock) throws IOException {
    return open(storage, file, clock, line -> {});
  }

  /**
   * The same.
   *
   * @param listener is handed every line, those that the file has already first, one at a time
   */
  public static EventLog open(Storage storage, Path file, Clock clock, Consumer<byte[]> listener)
      throws IOException {
    if (storage.exists(file)) {
      readLines(storage, file, listener);
    }
    return new EventLog(GrowingFile.open(storage, file), clock, listener);
  }

  private static void readLines(Storage storage, Path file, Consumer<byte[]> listener)
      throws IOException {
    try (BufferedReader in = new BufferedReader(new InputStreamReader(storage.open(file), UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        listener.accept(line.getBytes(UTF_8));
      }
    }
  }

  /**
   * Adds one line.
   *
   * @param event its kind, for example {@code epoch}
   * @param fields names in snake_case; values that Jackson writes: numbers, strings, booleans,
   *     null, arrays, lists, maps and records (their components in snake_case)
   * @throws UncheckedIOException if it cannot be written
   */
  public void write(String event, Map<String, ?> fields) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("event", event);
    all.put("time", clock.instant().toString());
    fields.forEach(
        (name, value) -> {
          if (all.put(name, value) != null) {
            throw new IllegalArgumentException(
                "Invalid field of event " + event + ": " + name + " (must be another name)");
          }
        });
    try {
      append(line(all));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Cannot write event " + event + ": no JSON for it", e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write event " + event + ": " + e.getMessage(), e);
    }
  }

  private synchronized void append(byte[] line) throws IOException {
    lines.append(line);
    listener.accept(line);
  }

  @Override
  public synchronized void close() throws IOException {
    lines.close();
  }

  private static byte[] line(Map<String, Object> fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new FiniteNumbers(JSON.createGenerator(bytes))) {
      JSON.writeValue(json, fields);
    }
    bytes.write('\n');
    return bytes.toByteArray();
  }

  /** Writes what is no number as null, because JSON has no form for it. */
  private static final class FiniteNumbers extends JsonGeneratorDelegate {
    FiniteNumbers(JsonGenerator json) {
      super(json);
    }

    @Override
    public void writeNumber(double value) throws IOException {
      if (Double.isFinite(value)) {
        super.writeNumber(value);
      } else {
        writeNull();
      }
    }

    @Override
    public void writeNumber(float value) throws IOException {
      if (Float.isFinite(value)) {
        super.writeNumber(value);
      } else {
        writeNull();
      }
    }

    @Override
    public void writeArray(double[] values, int offset, int length) throws IOException {
      writeStartArray(values, length);
      for (int i = offset; i < offset + length; i++) {
        writeNumber(values[i]);
      }
      writeEndArray();
    }
  }
}
