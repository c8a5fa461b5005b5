package io.blockwise.job.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.model.network.Timeline.Activity;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;

class WorkerTraceTest {
  private final WorkerTrace trace = new WorkerTrace(2, 3, 1000);

  @Test
  void theOldestOfABlockIsForgottenFirst() {
    for (int batch = 1; batch <= 5; batch++) {
      trace.spent(1, Activity.TRAIN, batch, 1000 + 10 * batch, 1005 + 10 * batch);
    }
    trace.spent(2, Activity.AVERAGE, 1, 1041, 1042);
    assertThat(trace.spans())
        .containsExactly(
            new Span(1, Activity.TRAIN, 3, 30, 35),
            new Span(1, Activity.TRAIN, 4, 40, 45),
            new Span(2, Activity.AVERAGE, 1, 41, 42),
            new Span(1, Activity.TRAIN, 5, 50, 55));
  }

  @Test
  void eventsAreThoseOfTheTraceEventFormat() throws Exception {
    trace.spent(2, Activity.WAIT_FOR_NEXT, 7, 3500, 6000);
    trace.spent(2, Activity.FORWARD, 8, 6000, 6500);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TraceJson json = new TraceJson(out)) {
      json.worker(3, trace);
    }
    JsonNode events = new JsonMapper().readTree(out.toByteArray()).get("traceEvents");
    assertThat(events.get(0).toString())
        .isEqualTo(
            "{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":3,\"tid\":0,\"args\":{\"name\":\"worker 3\"}}");
    assertThat(events.get(4).toString())
        .isEqualTo(
            "{\"ph\":\"X\",\"name\":\"wait-for-next\",\"cat\":\"waiting\",\"pid\":3,\"tid\":2,\"ts\":2.5,\"dur\":2.5,"
                + "\"args\":{\"batch\":7}}");
    assertThat(events.get(5).get("tid").asInt()).as("goes forward for all blocks").isZero();
  }
}
