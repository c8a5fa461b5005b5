package io.blockwise.data.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.blockwise.base.Json;
import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The manifest as bytes and back. Thread-safe. */
final class ManifestJson {
  private static final ObjectMapper MAPPER =
      Json.records()
          .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
          .enable(DeserializationFeature.READ_ENUMS_USING_TO_STRING)
          .build();
  private static final DefaultIndenter INDENT = new DefaultIndenter("  ", "\n");

  private ManifestJson() {}

  static byte[] write(Manifest manifest) {
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(INDENT).withArrayIndenter(INDENT);
    try {
      String json = MAPPER.writer(printer).writeValueAsString(manifest);
      return (json + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static Manifest read(byte[] json, String source) {
    try {
      JsonNode tree = MAPPER.readTree(json);
      int version = tree.path("format_version").asInt(0);
      if (version < 1 || version > Manifest.FORMAT_VERSION) {
        throw UserException.cannot(
            "read " + source,
            "its format version is "
                + tree.path("format_version").asText("missing")
                + ", this program reads 1 to "
                + Manifest.FORMAT_VERSION,
            "prepare the data set again");
      }
      if (version == 1) {
        nameTheField((ObjectNode) tree); // which has a version, and so is an object
      }
      requireKnownKinds(tree.path("fields"), source);
      return MAPPER.treeToValue(tree, Manifest.class);
    } catch (IOException e) {
      throw UserException.cannot(
          "read " + source,
          "its manifest is damaged" + reason(e),
          "delete it and prepare the data set again",
          e);
    }
  }

  /** Version 1 had images only, described beside everything else. */
  private static void nameTheField(ObjectNode manifest) {
    ObjectNode images =
        manifest
            .putObject("fields")
            .putObject("pixels")
            .put("kind", FieldKind.name(ImageKind.class));
    for (String key : List.of("shape", "flippable", "mean", "standard_deviation")) {
      images.set(key, manifest.remove(key));
    }
    manifest.put("format_version", Manifest.version(Map.of(), 0, List.of()));
  }

  private static void requireKnownKinds(JsonNode fields, String source) {
    fields
        .fields()
        .forEachRemaining(
            field -> {
              String kind = field.getValue().path("kind").asText("missing");
              if (!FieldKind.names().contains(kind)) {
                throw UserException.cannot(
                    "read " + source,
                    "its field "
                        + field.getKey()
                        + " is of kind "
                        + kind
                        + ", this program reads "
                        + String.join(", ", FieldKind.names()),
                    "use the version of Blockwise that made it, or prepare the data set again");
              }
            });
  }

  /** What our own checks say; Jackson's words help nobody. */
  private static String reason(IOException e) {
    return e.getCause() instanceof IllegalArgumentException || e.getCause() instanceof UserException
        ? ", " + Printable.of(e.getCause().getMessage())
        : "";
  }
}
