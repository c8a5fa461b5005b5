package io.blockwise.data.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.blockwise.data.check.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The manifest as bytes and back. Thread-safe. */
final class ManifestJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();
  private static final int MOST_SHOWN = 200;
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
      if (version != Manifest.FORMAT_VERSION) {
        throw DataException.cannot(
            "read " + source,
            "its format version is "
                + tree.path("format_version").asText("missing")
                + ", this program reads "
                + Manifest.FORMAT_VERSION,
            "prepare the data set again");
      }
      if (tree instanceof ObjectNode object && !object.has("skipped")) {
        object.put("skipped", 0); // as it is where nothing was
      }
      return MAPPER.treeToValue(tree, Manifest.class);
    } catch (IOException e) {
      throw new DataException(
          "Cannot read "
              + source
              + ": its manifest is damaged"
              + reason(e)
              + " (delete it and prepare the data set again)",
          e);
    }
  }

  private static String shortened(String text) {
    return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "...";
  }

  /** What our own checks say; Jackson's words help nobody. */
  private static String reason(IOException e) {
    return e.getCause() instanceof IllegalArgumentException || e.getCause() instanceof DataException
        ? ", " + shortened(e.getCause().getMessage())
        : "";
  }
}
