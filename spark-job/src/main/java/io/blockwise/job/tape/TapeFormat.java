package io.blockwise.job.tape;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.base.Json;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.OptionalInt;

/** How a line of a tape is written and read. Thread-safe. */
final class TapeFormat {
  /** Of the tapes that this program writes and reads. */
  static final int VERSION = 1;

  private static final JsonMapper JSON = Json.records().build();
  private static final ObjectWriter WRITER = JSON.writerFor(TapeLine.class);

  private TapeFormat() {}

  static String text(TapeLine line) {
    try {
      return WRITER.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e); // records of numbers and texts can be written
    }
  }

  /** The line, if it is one. */
  static Optional<TapeLine> line(String text) {
    try {
      return Optional.ofNullable(JSON.readValue(text, TapeLine.class));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** The version that the first line of a tape of any version names. */
  static OptionalInt version(String first) {
    try {
      JsonNode format = JSON.readTree(first).path("start").path("format");
      return format.canConvertToInt() ? OptionalInt.of(format.intValue()) : OptionalInt.empty();
    } catch (JsonProcessingException e) {
      return OptionalInt.empty();
    }
  }
}
