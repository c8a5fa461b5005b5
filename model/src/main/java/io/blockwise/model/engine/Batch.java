package io.blockwise.model.engine;

import io.blockwise.model.spec.Shape;
import java.util.Map;

/**
 * A batch on the host: the examples' fields by name, and their labels.
 *
 * <p>The arrays may be longer than the batch needs, so that one set of arrays serves every batch.
 * Used by one thread at a time.
 */
public final class Batch {
  private static final String INPUT = "input";

  private final Map<String, BatchField> fields;
  private final int[] labels;

  /** What networks of one input read; null if the batch is of another kind. */
  private final FloatField floats;

  private int rows;

  /**
   * Space for {@code capacity} examples; holds none yet.
   *
   * @param fields each with that capacity, at least one
   */
  public Batch(Map<String, BatchField> fields, int capacity) {
    this.fields = Map.copyOf(fields);
    this.labels = new int[capacity];
    this.floats =
        fields.size() == 1 && fields.values().iterator().next() instanceof FloatField only
            ? only
            : null;
    if (fields.isEmpty() || fields.values().stream().anyMatch(f -> f.capacity() != capacity)) {
      throw new IllegalArgumentException(
          "Invalid fields: "
              + fields.keySet()
              + " (must be at least one, each for "
              + capacity
              + " examples)");
    }
  }

  /** Space for examples of one field, {@code input}. */
  public Batch(Shape shape, int capacity) {
    this(Map.of(INPUT, new FloatField(shape, capacity)), capacity);
  }

  /** Examples in the batch. */
  public int rows() {
    return rows;
  }

  /** Examples that fit. */
  public int capacity() {
    return labels.length;
  }

  /** Says how many of the leading examples are valid. */
  public void rows(int filled) {
    if (filled < 0 || filled > labels.length) {
      throw new IllegalArgumentException(
          "Invalid rows: " + filled + " (must be from 0 to " + labels.length + ")");
    }
    rows = filled;
  }

  /** Class ids from 0, one per example. */
  public int[] labels() {
    return labels;
  }

  /**
   * One field.
   *
   * @throws IllegalArgumentException if there is none of that name, or it is of another kind
   */
  public <F extends BatchField> F field(String name, Class<F> kind) {
    BatchField field = fields.get(name);
    if (!kind.isInstance(field)) {
      throw unreadable("field " + name + " as " + kind.getSimpleName());
    }
    return kind.cast(field);
  }

  /** Shape of one example of the only field, as {@link #inputs} has it. */
  public Shape shape() {
    return floats().shape();
  }

  /**
   * The only field of a batch whose examples are floats, such as images: example i starts at {@code
   * i * shape().elements()}.
   *
   * @throws IllegalArgumentException if there are several fields, or the one is of another kind
   */
  public float[] inputs() {
    return floats().values();
  }

  private FloatField floats() {
    if (floats == null) {
      throw unreadable("one field of floats");
    }
    return floats;
  }

  private IllegalArgumentException unreadable(String what) {
    return new IllegalArgumentException(
        "Cannot read " + what + ": the batch has the fields " + fields.keySet());
  }
}
