package io.blockwise.job.prediction;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A raw example with what is known of it beside what networks read first. Immutable.
 *
 * @param main a {@code String} for a model of texts, the {@code byte[]} of a JPEG or PNG file for
 *     one of images, {@code float[]} or {@code double[]} for one of numbers, in the order of the
 *     field's columns
 * @param sides values of further fields by name: likewise. A field may be missing: blocks that read
 *     it then do not answer
 */
public record Example(Object main, Map<String, Object> sides) {
  public Example {
    Objects.requireNonNull(main, "main");
    sides = Collections.unmodifiableMap(new LinkedHashMap<>(sides));
  }

  /** Of which nothing else is known. */
  public static Example of(Object main) {
    return new Example(main, Map.of());
  }
}
