package io.blockwise.model.spec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import io.blockwise.base.Json;
import io.blockwise.base.Names;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Network specifications as JSON: keys in snake case, names of kinds and enum constants in kebab
 * case, a shape as a list of sizes.
 *
 * <pre>
 * {"input": [3, 32, 32], "classes": 10, "blocks": [
 *   {"layers": [{"type": "convolution", "filters": 32, ...}, {"type": "batch-norm"}, ...],
 *    "loss": {"type": "scpl", ...}, "exit": {"features": "pooled"},
 *    "optimiser": {"type": "adam", "learning_rate": 0.001, ...}}]}
 * </pre>
 *
 * <p>Reading is strict: a missing, unknown or repeated field and a value of another type are
 * refused. Thread-safe.
 */
public final class SpecJson {
  private static final ObjectMapper MAPPER =
      Json.records()
          .annotationIntrospector(new KebabNames())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private SpecJson() {}

  /** The specification as indented text. */
  public static String write(NetworkSpec spec) {
    return toTree(spec).toPrettyString();
  }

  /** The specification as a tree, to be put into a larger document. */
  public static JsonNode toTree(NetworkSpec spec) {
    return MAPPER.valueToTree(spec);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException if the text is no network specification
   */
  public static NetworkSpec read(String json) {
    try {
      return MAPPER.readValue(json, NetworkSpec.class);
    } catch (JsonProcessingException e) {
      throw refused(e);
    }
  }

  /**
   * Reads what {@link #toTree} made.
   *
   * @throws IllegalArgumentException if the tree is no network specification
   */
  public static NetworkSpec fromTree(JsonNode tree) {
    try {
      return MAPPER.treeToValue(tree, NetworkSpec.class);
    } catch (JsonProcessingException e) {
      throw refused(e);
    }
  }

  private static IllegalArgumentException refused(JsonProcessingException e) {
    // A record that refused its values says it better than the parser around it.
    boolean byRecord = e instanceof ValueInstantiationException && e.getCause() != null;
    String reason = byRecord ? e.getCause().getMessage() : e.getOriginalMessage();
    return new IllegalArgumentException(
        "Cannot read network specification: "
            + reason
            + place(e)
            + " (it was changed, or written by another version)",
        e);
  }

  /** {@code " at blocks/0/layers/2/padding"}; empty where the text is no JSON at all. */
  private static String place(JsonProcessingException e) {
    if (!(e instanceof JsonMappingException mapping) || mapping.getPath().isEmpty()) {
      return "";
    }
    return mapping.getPath().stream()
        .map(at -> at.getFieldName() == null ? String.valueOf(at.getIndex()) : at.getFieldName())
        .collect(Collectors.joining("/", " at ", ""));
  }

  /** Names enum constants and the records of sealed interfaces as configurations do. */
  private static final class KebabNames extends JacksonAnnotationIntrospector {
    @Override
    public List<NamedType> findSubtypes(Annotated annotated) {
      Class<?> type = annotated.getRawType();
      return type.isInterface() && type.isSealed()
          ? Arrays.stream(type.getPermittedSubclasses())
              .map(kind -> new NamedType(kind, Names.of(kind)))
              .toList()
          : super.findSubtypes(annotated);
    }

    @Override
    public String[] findEnumValues(Class<?> type, Enum<?>[] constants, String[] names) {
      for (int i = 0; i < constants.length; i++) {
        names[i] = Names.of(constants[i]);
      }
      return names;
    }
  }
}
