package io.blockwise.job.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.blockwise.base.Names;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * Spans in the Trace Event Format: a process per worker, a thread per block, complete events
 * ({@code X}) in microseconds.
 *
 * <pre>
 *   {"displayTimeUnit": "ms", "traceEvents": [
 *     {"ph": "M", "name": "thread_name", "pid": 1, "tid": 2, "args": {"name": "block 2"}},
 *     {"ph": "X", "name": "train", "pid": 1, "tid": 2, "ts": 10.5, "dur": 3.25, "args": {"batch": 7}}]}
 * </pre>
 *
 * <p>Used by one thread.
 */
final class TraceJson implements AutoCloseable {
  private final JsonGenerator json;

  /** Begins a trace. */
  TraceJson(OutputStream out) throws IOException {
    json = new JsonFactory().createGenerator(out);
    json.writeStartObject();
    json.writeStringField("displayTimeUnit", "ms");
    json.writeArrayFieldStart("traceEvents");
  }

  /**
   * Writes down what one worker did.
   *
   * @param worker from 1
   */
  void worker(int worker, WorkerTrace trace) throws IOException {
    name("process_name", worker, 0, "worker " + worker);
    name("thread_name", worker, 0, "way forward");
    for (int block = 1; block <= trace.blocks(); block++) {
      name("thread_name", worker, block, "block " + block);
    }
    List<Span> spans = trace.spans();
    for (Span span : spans) {
      event(worker, span);
    }
  }

  private void name(String kind, int worker, int lane, String name) throws IOException {
    json.writeStartObject();
    json.writeStringField("ph", "M");
    json.writeStringField("name", kind);
    json.writeNumberField("pid", worker);
    json.writeNumberField("tid", lane);
    json.writeObjectFieldStart("args");
    json.writeStringField("name", name);
    json.writeEndObject();
    json.writeEndObject();
  }

  private void event(int worker, Span span) throws IOException {
    json.writeStartObject();
    json.writeStringField("ph", "X");
    json.writeStringField("name", Names.of(span.what()));
    json.writeStringField("cat", span.isBusy() ? "busy" : "waiting");
    json.writeNumberField("pid", worker);
    json.writeNumberField("tid", span.lane());
    json.writeNumberField("ts", span.from() / 1e3);
    json.writeNumberField("dur", (span.to() - span.from()) / 1e3);
    json.writeObjectFieldStart("args");
    json.writeNumberField("batch", span.batch());
    json.writeEndObject();
    json.writeEndObject();
  }

  /** Ends it. */
  @Override
  public void close() throws IOException {
    json.writeEndArray();
    json.writeEndObject();
    json.close();
  }
}
