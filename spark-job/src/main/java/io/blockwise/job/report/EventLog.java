package io.blockwise.job.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.base.Json;
import io.blockwise.base.files.Storage;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;

/**
 * A file of one JSON object per line, {@code events.jsonl}, that grows while a run goes on.
 *
 * <p>Each has {@code event} (its kind), {@code time} (UTC, ISO 8601) and the fields of that kind,
 * all in snake_case, those of records too. A number that JSON has no form for (NaN, infinite) is
 * {@code null}. A line is on storage when {@link #write} returns, except on an object store, where
 * the file appears when the log is closed. Thread-safe.
 */
public final class EventLog implements AutoCloseable {
  private static final JsonMapper JSON = Json.records().build();

  private final Clock clock;
  private final FSDataOutputStream out;

  private EventLog(FSDataOutputStream out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  /**
   * Opens a log, behind the lines that the file has already.
   *
   * @throws IOException also if the file exists on storage that cannot append
   */
  public static EventLog open(Storage storage, Path file, Clock clock) throws IOException {
    FileSystem files = storage.fileSystem(file);
    long length = length(files, file);
    FSDataOutputStream out = length < 0 ? files.create(file, false) : files.append(file);
    if (length > 0 && !endsWithNewLine(files, file, length)) {
      // A process that was killed left half a line, which must not spoil the next one.
      out.write('\n');
    }
    return new EventLog(out, clock);
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
    out.write(line);
    if (out.hasCapability(StreamCapabilities.HSYNC)) {
      out.hflush();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }

  /** Bytes in the file; -1 if there is none. */
  private static long length(FileSystem files, Path file) throws IOException {
    try {
      FileStatus status = files.getFileStatus(file);
      return status.getLen();
    } catch (FileNotFoundException e) {
      return -1;
    }
  }

  private static boolean endsWithNewLine(FileSystem files, Path file, long length)
      throws IOException {
    try (FSDataInputStream in = files.open(file)) {
      in.seek(length - 1);
      return in.read() == '\n';
    }
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
