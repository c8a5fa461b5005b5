package io.blockwise.data.dataset;

import java.util.Map;
import java.util.Set;

/**
 * Rows in memory that follow each other in their split, as a rule those of one shard: labels, and
 * the values of every field by its name.
 *
 * <p>The arrays are shared and not copied, because they are large: whoever gets them reads them
 * only. Thread-safe as long as that holds.
 */
public final class Rows {
  private final long firstRow;
  private final int[] labels;
  private final Map<String, FieldValues> fields;

  /** Null if all rows count alike. */
  private final WeightValues weights;

  /**
   * @param firstRow index in its split of row 0
   * @param labels class ids from 0, one per row
   * @param fields as many values as labels in each
   */
  public Rows(long firstRow, int[] labels, Map<String, FieldValues> fields) {
    this.firstRow = firstRow;
    this.labels = labels;
    this.fields = Map.copyOf(fields);
    this.weights = fields.get(RowSchema.WEIGHT) instanceof WeightValues found ? found : null;
  }

  /** Rows in memory. */
  public int count() {
    return labels.length;
  }

  /**
   * Index in its split of row {@code index} of these: a number that no change of cores or workers
   * moves.
   */
  public long row(int index) {
    return firstRow + index;
  }

  /** Class id of a row. */
  public int label(int index) {
    return labels[index];
  }

  /** What a row counts in losses that are means over rows: 1 where rows have no weights. */
  public float weight(int index) {
    return weights == null ? 1 : weights.weight(index);
  }

  /** Names of the fields. */
  public Set<String> names() {
    return fields.keySet();
  }

  /**
   * The values of one field.
   *
   * @param type of the field's kind
   * @throws IllegalArgumentException if there is no such field, or it is of another kind
   */
  public <T extends FieldValues> T field(String name, Class<T> type) {
    FieldValues values = fields.get(name);
    if (!type.isInstance(values)) {
      throw new IllegalArgumentException(
          "Cannot read field " + name + " of " + this + " as " + type.getSimpleName());
    }
    return type.cast(values);
  }

  @Override
  public String toString() {
    return count() + " rows from row " + firstRow + " with fields " + fields.keySet();
  }
}
