package io.blockwise.model.spec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.blockwise.base.Json;
import io.blockwise.base.Names;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Network specifications, and what holds them, as JSON: keys in snake case, names of kinds and enum
 * constants in kebab case, a shape as a list of sizes.
 *
 * <pre>
 * {"input": [3, 32, 32], "classes": 10, "blocks": [
 *   {"layers": [{"type": "convolution", "filters": 32, ...}, {"type": "batch-norm"}, ...],
 *    "loss": {"type": "scpl", ...}, "exit": {"features": "pooled"},
 *    "optimiser": {"type": "adam", "learning_rate": 0.001, ...}}]}
 * </pre>
 *
 * <p>Reading is strict: an unknown or repeated component, one that is missing and has no {@link
 * io.blockwise.base.IfAbsent}, and a value of another type are refused. Thread-safe.
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

  /** A record as a tree, to be put into a larger document. */
  public static ObjectNode toTree(Record record) {
    return MAPPER.valueToTree(record);
  }

  /**
   * Parses a document.
   *
   * @throws IllegalArgumentException if the bytes are not one JSON object
   */
  public static ObjectNode parse(byte[] json) throws IOException {
    try {
      if (MAPPER.readTree(json) instanceof ObjectNode tree) {
        return tree;
      }
      throw new IllegalArgumentException("it is no JSON object");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(reason(e), e);
    }
  }

  /**
   * Reads what {@link #toTree} made.
   *
   * @throws IllegalArgumentException if the tree is no such record; says why, and where in it
   */
  public static <T extends Record> T fromTree(ObjectNode tree, Class<T> type) {
    try {
      return MAPPER.treeToValue(tree, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(reason(e) + place(e), e);
    }
  }

  /** In our words what a later version may have written; what a record refuses, in the record's. */
  private static String reason(JsonProcessingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "component " + unknown.getPropertyName() + " is unknown";
    }
    if (e instanceof InvalidTypeIdException unknown) {
      return "type " + unknown.getTypeId() + " is unknown";
    }
    boolean byRecord = e instanceof ValueInstantiationException && e.getCause() != null;
    String reason = byRecord ? e.getCause().getMessage() : e.getOriginalMessage();
    return reason.lines().findFirst().orElse("");
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
  private static final class KebabNames extends Json.Annotations {
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
