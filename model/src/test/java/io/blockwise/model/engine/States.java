package io.blockwise.model.engine;

import java.util.Arrays;
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
