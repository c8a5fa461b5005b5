package io.blockwise.job.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.base.Json;
import java.io.IOException;
import java.util.Optional;

/**
 * {@code run.json}: how a run stands, from its first second to its last, for schedulers and for
 * whoever looks. A run whose driver was killed says for ever what it was doing; {@code started}
 * anew, it goes on. Immutable.
 *
 * @param runId its name
 * @param model that it trains
 * @param state what it is doing, or what it has ended with
 * @param started time of its first start (ISO 8601)
 * @param updated time of this state
 * @param starts of its driver, 1 unless it was started again
 * @param host of its driver
 * @param pid of its driver
 * @param reason why it ended, or ended early, one line; empty if all is well
 */
public record RunStatus(
    String runId,
    String model,
    State state,
    String started,
    String updated,
    int starts,
    String host,
    long pid,
    String reason) {
  private static final JsonMapper JSON =
      Json.records().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** What a run is doing, or what it has ended with. */
  public enum State {
    /** Opens or prepares its data set. */
    @JsonProperty("preparing")
    PREPARING,
    /** Trains. */
    @JsonProperty("training")
    TRAINING,
    /** Writes its model. */
    @JsonProperty("publishing")
    PUBLISHING,
    /** Has published its model. */
    @JsonProperty("finished")
    FINISHED,
    /** Has a model that {@code publish.if} did not let be published. */
    @JsonProperty("not_published")
    NOT_PUBLISHED,
    /** Has ended without a model. */
    @JsonProperty("failed")
    FAILED,
    /** Was told to end. */
    @JsonProperty("interrupted")
    INTERRUPTED;

    /** Whether nothing more is to be done, so that it is not repeated. */
    public boolean isDone() {
      return this == FINISHED || this == NOT_PUBLISHED;
    }
  }

  /** As the file has it. */
  public byte[] toJson() throws IOException {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
  }

  /** Reads the file; empty if it is none, as where a driver was killed while it made it. */
  public static Optional<RunStatus> parse(byte[] json) throws IOException {
    try {
      return json.length == 0
          ? Optional.empty()
          : Optional.of(JSON.readValue(json, RunStatus.class));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
