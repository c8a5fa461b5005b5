package io.blockwise.model.onnx;

import io.blockwise.model.artifact.StoredBlock;
import io.blockwise.model.artifact.Tensors;
import io.blockwise.model.engine.TensorTable;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The tensors of a block, of which a graph gets those that it asks for. Used by one thread. */
final class Weights {
  private final Graph graph;
  private final int block;
  private final StoredBlock stored;
  private final Map<String, String> given = new HashMap<>();

  /**
   * @param block its number, from 1
   */
  Weights(Graph graph, int block, StoredBlock stored) {
    this.graph = graph;
    this.block = block;
    this.stored = stored;
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
    return given.computeIfAbsent(
        name,
        missing -> graph.tensor(scope() + "." + name, entry(name).shape(), List.of(values(name))));
  }

  /** Sizes of a tensor. */
  List<Integer> sizes(String name) {
    return entry(name).shape();
  }

  /**
   * A tensor whose first axis has parts of equal size, in another order.
   *
   * @param order of the parts, by their index from 0
   */
  List<FloatBuffer> parts(String name, int count, List<Integer> order) {
    FloatBuffer values = values(name);
    int length = values.remaining() / count;
    return order.stream().map(part -> values.slice(part * length, length)).toList();
  }

  private FloatBuffer values(String name) {
    return owner(name).values(entry(name));
  }

  private TensorTable.Entry entry(String name) {
    return find(owner(name), name);
  }

  private Tensors owner(String name) {
    return find(stored.parameters(), name) == null ? stored.statistics() : stored.parameters();
  }

  private static TensorTable.Entry find(Tensors tensors, String name) {
    return tensors.table().entries().stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** From 0 up to, without, a number. */
  static List<Integer> upTo(int end) {
    return IntStream.range(0, end).boxed().toList();
  }
}
