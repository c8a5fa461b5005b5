package io.blockwise.data.dataset;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import java.util.Arrays;
import java.util.List;

/** The names that kinds of fields have in manifests. */
final class FieldKinds {
  private static final JsonSubTypes.Type[] KINDS =
      FieldKind.class.getAnnotation(JsonSubTypes.class).value();

  private FieldKinds() {}

  /** Of all kinds. */
  static List<String> names() {
    return Arrays.stream(KINDS).map(JsonSubTypes.Type::name).toList();
  }

  /** Of one kind. */
  static String name(Class<? extends FieldKind> kind) {
    return Arrays.stream(KINDS)
        .filter(type -> type.value() == kind)
        .map(JsonSubTypes.Type::name)
        .findFirst()
        .orElseThrow();
  }
}
