package io.blockwise.model.onnx;

import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.SideInput;
import java.util.List;
import java.util.Optional;

/**
 * How what a block reads and a further field come together.
 *
 * @param at what names in the graph start with
 */
record SideJoin(Graph graph, String at) {
  private static final Attribute BEHIND = Attribute.number("axis", 1);

  /**
   * Adds it.
   *
   * @param shape of one row of {@code x}
   * @param y what the field's module gives
   * @param sideShape of one row of that
   */
  Value of(SideInput.Join join, Value x, Shape shape, Value y, Shape sideShape) {
    return switch (join) {
      case SEQUENCE -> behind(x, y, sideShape instanceof Shape.Sequence);
      case VECTOR -> x.with(add("Concat", List.of(x.name(), y.name()), BEHIND));
      case ADD -> x.with(add("Add", List.of(x.name(), everywhere(y, shape, sideShape))));
    };
  }

  /** A vector for every position of a sequence or map. */
  private String everywhere(Value y, Shape shape, Shape sideShape) {
    boolean vector = sideShape instanceof Shape.Vector;
    if (vector && shape instanceof Shape.FeatureMap) {
      return add("Unsqueeze", List.of(y.name(), graph.integers(2L, 3L)));
    }
    return vector && shape instanceof Shape.Sequence ? onePosition(y) : y.name();
  }

  private String onePosition(Value y) {
    return add("Unsqueeze", List.of(y.name(), graph.integers(1L)));
  }

  /** Positions behind each row's own, without padding between the two. */
  private Value behind(Value x, Value y, boolean text) {
    String further = text ? y.name() : onePosition(y);
    String lengths = add("Add", List.of(x.text(), text ? y.text() : graph.integer(1)));
    String all = add("Concat", List.of(x.name(), further), BEHIND);
    String places = places(x, lengths, all);
    String joined = add("GatherND", List.of(all, places), Attribute.number("batch_dims", 1));
    return new Value(joined, Optional.of(lengths), x.states());
  }

  /** Where the new positions {@code [rows, positions, 1]} are found among all. */
  private String places(Value x, String lengths, String all) {
    String longest = add("ReduceMax", List.of(lengths), Attribute.number("keepdims", 0));
    String positions = add("Range", List.of(graph.integer(0), longest, graph.integer(1)));
    String ends = add("Unsqueeze", List.of(x.text(), graph.integers(1L)));
    String padding = add("Sub", List.of(count(x.name()), ends));
    String last = add("Sub", List.of(count(all), graph.integer(1)));
    String further = add("Min", List.of(add("Add", List.of(positions, padding)), last));
    String own = add("Less", List.of(positions, ends));
    String place = add("Where", List.of(own, positions, further));
    return add("Unsqueeze", List.of(place, graph.integers(2L)));
  }

  private String count(String x) {
    String sizes = add("Shape", List.of(x));
    return add("Gather", List.of(sizes, graph.integer(1)), Attribute.number("axis", 0));
  }

  private String add(String operator, List<String> inputs, Attribute... attributes) {
    return graph.add(at, operator, inputs, attributes);
  }
}
