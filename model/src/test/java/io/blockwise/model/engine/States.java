package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** State vectors of a block, tensor by tensor, for tests. */
public final class States {
  private States() {}

  public static float[] read(Block block, StateKind kind) {
    float[] values = new float[block.length(kind)];
    block.read(kind, values);
    return values;
  }

  /** Vectors of every kind. */
  public static Map<StateKind, float[]> all(Block block) {
    Map<StateKind, float[]> all = new EnumMap<>(StateKind.class);
    for (StateKind kind : StateKind.values()) {
      all.put(kind, read(block, kind));
    }
    return all;
  }

  public static void assertEqual(Map<StateKind, float[]> found, Map<StateKind, float[]> expected) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (kind, vector) -> assertThat(found.get(kind)).as(kind.name()).containsExactly(vector));
  }

  public static Map<String, float[]> tensors(TensorTable table, float[] vector) {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    for (TensorTable.Entry entry : table.entries()) {
      tensors.put(
          entry.name(),
          Arrays.copyOfRange(vector, entry.offset(), entry.offset() + entry.length()));
    }
    return tensors;
  }

  public static float[] vector(TensorTable table, Map<String, float[]> tensors) {
    float[] vector = new float[table.length()];
    for (TensorTable.Entry entry : table.entries()) {
      System.arraycopy(tensors.get(entry.name()), 0, vector, entry.offset(), entry.length());
    }
    return vector;
  }
}
