package io.blockwise.model.spec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Shapes of one row of a data set. Immutable.
 *
 * @param input of the field that networks read
 * @param sides of further fields, which blocks may read as well, by name
 */
public record RowShapes(Shape input, Map<String, Shape> sides) {
  public RowShapes {
    Objects.requireNonNull(input, "input");
    sides = Collections.unmodifiableMap(new LinkedHashMap<>(sides));
  }

  /** Of rows without further fields. */
  public RowShapes(Shape input) {
    this(input, Map.of());
  }
}
