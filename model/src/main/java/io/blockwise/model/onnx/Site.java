package io.blockwise.model.onnx;

import io.blockwise.model.spec.Shape;
import java.util.List;

/**
 * Where a layer stands, and what it reads. Immutable.
 *
 * @param name of the layer in its block, before the names of its tensors: {@code layers.0}
 * @param shape of one row of {@code x}
 */
record Site(Graph graph, Weights weights, String name, Value x, Shape shape) {
  /** What an operator gives. */
  String add(String operator, List<String> inputs, Attribute... attributes) {
    return graph.add(at(), operator, inputs, attributes);
  }

  /** What an operator of several outputs gives. */
  List<String> add(int outputs, String operator, List<String> inputs, Attribute... attributes) {
    return graph.add(outputs, at(), operator, inputs, attributes);
  }

  /** What an operator makes of what the layer reads, and so the layer gives. */
  Value apply(String operator, Attribute... attributes) {
    return x.with(add(operator, List.of(x.name()), attributes));
  }

  /** What names of the layer's operators start with. */
  String at() {
    return weights.scope() + "/" + name;
  }

  /** One of the layer's tensors. */
  String tensor(String tensor) {
    return weights.tensor(name + "." + tensor);
  }
}
