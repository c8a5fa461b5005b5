package io.blockwise.data.dataset;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/** Statistics of all fields of some rows. Used by one thread. */
public final class RowStatistics implements Serializable {
  private final FieldStatistics[] fields;

  /** Of no rows. */
  public RowStatistics(RowSchema schema) {
    fields =
        schema.fields().values().stream()
            .map(FieldKind::statistics)
            .toArray(FieldStatistics[]::new);
  }

  /** Adds one row, its values in the order of the fields. */
  public void add(byte[][] values) {
    for (int i = 0; i < fields.length; i++) {
      fields[i].add(values[i]);
    }
  }

  /** Adds what was gathered of other rows. */
  public void add(RowStatistics other) {
    for (int i = 0; i < fields.length; i++) {
      fields[i].add(other.fields[i]);
    }
  }

  /** The schema with these statistics in it. */
  public RowSchema in(RowSchema schema) {
    Map<String, FieldKind> measured = new LinkedHashMap<>();
    schema.fields().forEach((name, kind) -> measured.put(name, kind.with(fields[measured.size()])));
    return new RowSchema(measured);
  }
}
