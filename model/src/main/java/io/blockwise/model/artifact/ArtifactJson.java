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

  private static final String FORMAT_VERSION = "format_version";

  /** Of {@code model.json}: the first one had no number. */
  private static final int MODEL_FORMAT = 2;

  private static final TypeReference<Map<String, Object>> ANYTHING = new TypeReference<>() {};

  private ArtifactJson() {}

  /** Indented, with a newline behind the last line. */
  static byte[] write(Object value) throws IOException {
    byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(value);
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }

  static byte[] write(ModelDescription model) throws IOException {
    ObjectNode tree = JSON.createObjectNode().put(FORMAT_VERSION, MODEL_FORMAT);
    tree.setAll(SpecJson.toTree(model));
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

  private static <T> T required(String file, T value) {
    if (value == null) {
      throw UserException.cannot("read " + file, "it is empty", "restore the file");
    }
    return value;
  }

  /**
   * Reads a model of this format or an earlier one.
   *
   * @param writer what wrote it, for messages: {@code Blockwise 1.2.0}
   */
  static ModelDescription readModel(String file, byte[] json, String writer) throws IOException {
    try {
      ObjectNode tree = SpecJson.parse(json);
      if (format(tree) == 1) {
        nameTheField(tree);
      }
      return SpecJson.fromTree(tree, ModelDescription.class);
    } catch (IllegalArgumentException e) {
      String remedy = writer + " wrote it: use that version or a later one, or restore the file";
      throw UserException.cannot("read " + file, e.getMessage(), remedy, e);
    }
  }

  private static int format(ObjectNode model) {
    JsonNode version = model.path(FORMAT_VERSION);
    if (version.isMissingNode()) {
      return 1;
    }
    if (!version.isInt() || version.intValue() < 2 || version.intValue() > MODEL_FORMAT) {
      throw new IllegalArgumentException(
          "its format version is " + version + ", this Blockwise reads 1 to " + MODEL_FORMAT);
    }
    return version.intValue();
  }

  /** Version 1 had images only, described beside everything else. */
  private static void nameTheField(ObjectNode model) {
    ObjectNode images = model.putObject("fields").putObject("pixels").put("kind", "image");
    images.set("flippable", model.remove("flippable"));
    if (model.remove("normalisation") instanceof ObjectNode normalisation) {
      images.setAll(normalisation);
    }
  }

  private static UserException unreadable(String file, JsonProcessingException cause) {
    String fact = String.valueOf(cause.getOriginalMessage()).lines().findFirst().orElse("no JSON");
    return UserException.cannot(
        "read " + file, fact, "written by another version of Blockwise?", cause);
  }
}
