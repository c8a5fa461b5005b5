package io.blockwise.model.artifact;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.blockwise.base.Json;
import io.blockwise.base.UserException;
import io.blockwise.model.spec.SpecJson;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The JSON files of a version: records with keys in snake_case. */
final class ArtifactJson {
  /** Later versions may add keys, but none of those known now may be absent. */
  private static final JsonMapper JSON =
      Json.records()
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
          .disable(MapperFeature.USE_GETTERS_AS_SETTERS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private static final TypeReference<Map<String, Object>> ANYTHING = new TypeReference<>() {};

  private ArtifactJson() {}

  /** {@code model.json}, with the network as a tree of its own. */
  private record StoredModel(
      String name,
      String dataKind,
      boolean flippable,
      List<String> classes,
      Normalisation normalisation,
      JsonNode network) {}

  /** Indented, with a newline behind the last line. */
  static byte[] write(Object value) throws IOException {
    byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(value);
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }

  static byte[] write(ModelDescription model) throws IOException {
    StoredModel stored =
        new StoredModel(
            model.name(),
            model.dataKind(),
            model.flippable(),
            model.classes(),
            model.normalisation(),
            SpecJson.toTree(model.network()));
    ObjectNode tree = JSON.valueToTree(stored);
    // Not part of the record: Blockwise itself does not read it, and older versions lack it.
    tree.set("answering", JSON.valueToTree(AnswerRules.PRESENT));
    return write(tree);
  }

  /**
   * Reads one of the records.
   *
   * @param file name for messages
   * @throws UserException if the bytes are not that record
   */
  static <T> T read(String file, byte[] json, Class<T> type) throws IOException {
    try {
      return required(file, JSON.readValue(json, type));
    } catch (JsonProcessingException e) {
      throw unreadable(file, e);
    }
  }

  static Map<String, Object> readMap(String file, byte[] json) throws IOException {
    try {
      return required(file, JSON.readValue(json, ANYTHING));
    } catch (JsonProcessingException e) {
      throw unreadable(file, e);
    }
  }

  /** The metrics, also of a version from before tests were counted by class. */
  static Metrics readMetrics(String file, byte[] json) throws IOException {
    try {
      JsonNode tree = JSON.readTree(json);
      if (tree.path("test") instanceof ObjectNode test && !test.has("confusion")) {
        test.putArray("confusion");
      }
      return required(file, JSON.treeToValue(tree, Metrics.class));
    } catch (JsonProcessingException e) {
      throw unreadable(file, e);
    }
  }

  private static <T> T required(String file, T value) {
    if (value == null) {
      throw new UserException("Cannot read " + file + ": it is empty (restore the file)");
    }
    return value;
  }

  static ModelDescription readModel(String file, byte[] json) throws IOException {
    StoredModel stored = read(file, json, StoredModel.class);
    try {
      return new ModelDescription(
          stored.name(),
          stored.dataKind(),
          stored.flippable(),
          stored.classes(),
          stored.normalisation(),
          SpecJson.fromTree(stored.network()));
    } catch (IllegalArgumentException e) {
      throw new UserException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static UserException unreadable(String file, JsonProcessingException cause) {
    String fact = String.valueOf(cause.getOriginalMessage()).lines().findFirst().orElse("no JSON");
    return new UserException(
        "Cannot read " + file + ": " + fact + " (written by another version of Blockwise?)", cause);
  }
}
