package io.blockwise.model.onnx;

import io.blockwise.model.artifact.StoredBlock;
import io.blockwise.model.artifact.Tensors;
import io.blockwise.model.engine.TensorTable;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tensors of a block, of which a graph gets those that it asks for. Used by one thread. */
final class Weights {
  private final Graph graph;
  private final int block;
  private final Map<String, Stored> stored = new HashMap<>();
  private final Map<String, String> given = new HashMap<>();

  /** One of them; its values are the model's own. */
  private record Stored(List<Integer> sizes, FloatBuffer values) {}

  /**
   * @param block its number, from 1
   */
  Weights(Graph graph, int block, StoredBlock state) {
    this.graph = graph;
    this.block = block;
    for (Tensors tensors : List.of(state.parameters(), state.statistics())) {
      for (TensorTable.Entry entry : tensors.table().entries()) {
        stored.put(entry.name(), new Stored(entry.shape(), tensors.values(entry)));
      }
    }
  }

  /** What names in the graph start with: {@code block2}. */
  String scope() {
    return "block" + block;
  }

  /** Number of the block, from 1. */
  int block() {
    return block;
  }

  /** A tensor by its name in the model, as a value of the graph. */
  String tensor(String name) {
    return given.computeIfAbsent(name, missing -> tensor(name, stored.get(name)));
  }

  private String tensor(String name, Stored tensor) {
    return graph.tensor(scope() + "." + name, tensor.sizes, List.of(tensor.values));
  }

  /**
   * A tensor whose first axis has parts of equal size, in another order.
   *
   * @param order of the parts, by their index from 0
   */
  List<FloatBuffer> parts(String name, int count, List<Integer> order) {
    FloatBuffer values = stored.get(name).values;
    int length = values.remaining() / count;
    return order.stream().map(part -> values.slice(part * length, length)).toList();
  }
}
