package io.blockwise.model.artifact;

import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.engine.TensorTable.Entry;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A flat vector together with the names and shapes of the tensors in it. Immutable. */
public final class Tensors {
  private final TensorTable table;
  private final float[] values;

  private Tensors(TensorTable table, float[] values) {
    if (values.length != table.length()) {
      throw new IllegalArgumentException(
          "Invalid values: " + values.length + " (must be the table's " + table.length() + ")");
    }
    this.table = table;
    this.values = values;
  }

  /**
   * A copy of {@code values}.
   *
   * @throws IllegalArgumentException if there are more or fewer values than the table names
   */
  public static Tensors copyOf(TensorTable table, float[] values) {
    return new Tensors(table, values.clone());
  }

  /** Takes {@code values} over, which nobody else may change afterwards. */
  static Tensors owning(TensorTable table, float[] values) {
    return new Tensors(table, values);
  }

  /** Names and shapes. */
  public TensorTable table() {
    return table;
  }

  /** A copy of the vector. */
  public float[] toArray() {
    return values.clone();
  }

  /** The vector itself, only for reading. */
  float[] values() {
    return values;
  }

  /** The values of one of the tensors, only for reading. */
  public FloatBuffer values(Entry entry) {
    return FloatBuffer.wrap(values, entry.offset(), entry.length()).slice().asReadOnlyBuffer();
  }

  /** Whether no value is NaN or infinite. */
  boolean isFinite() {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /** These tensors and behind them the others'. */
  Tensors append(Tensors others) {
    List<Entry> entries = new ArrayList<>(table.entries());
    for (Entry entry : others.table.entries()) {
      entries.add(new Entry(entry.name(), entry.shape(), values.length + entry.offset()));
    }
    float[] all = Arrays.copyOf(values, values.length + others.values.length);
    System.arraycopy(others.values, 0, all, values.length, others.values.length);
    return new Tensors(new TensorTable(entries), all);
  }

  /** Tensors {@code from} to {@code to - 1}, counted from 0. */
  Tensors range(int from, int to) {
    List<Entry> kept = table.entries().subList(from, to);
    int start = kept.isEmpty() ? 0 : kept.get(0).offset();
    List<Entry> entries = new ArrayList<>();
    for (Entry entry : kept) {
      entries.add(new Entry(entry.name(), entry.shape(), entry.offset() - start));
    }
    TensorTable part = new TensorTable(entries);
    return new Tensors(part, Arrays.copyOfRange(values, start, start + part.length()));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tensors that
        && table.equals(that.table)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * table.hashCode() + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return table.entries().size() + " tensors with " + values.length + " values";
  }
}
