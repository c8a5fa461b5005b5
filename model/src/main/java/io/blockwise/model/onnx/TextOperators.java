package io.blockwise.model.onnx;

import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.TextLayers;
import java.util.List;

/** Layers of texts: what stands behind a row's end is padding, which no real position reads. */
final class TextOperators {
  private static final Attribute POSITIONS = Attribute.number("axis", 1);
  private static final Attribute LAST = Attribute.number("axis", -1);
  private static final Attribute NARROW = Attribute.number("keepdims", 0);

  private TextOperators() {}

  /** Lengths {@code [rows]} of texts whose ids are 0 behind their ends. */
  static String lengths(Graph graph, String at, String ids) {
    String padding = graph.add(at, "Equal", List.of(ids, graph.integer(0)));
    String real = graph.add(at, "Not", List.of(padding));
    String counted = graph.add(at, "Cast", List.of(real), Attribute.to(ElementType.INT64));
    return graph.add(at, "ReduceSum", List.of(counted, graph.integers(1L)), NARROW);
  }

  /** Positions of the longest row, {@code [positions]} from 0. */
  static String positions(Graph graph, String at, String x) {
    String sizes = graph.add(at, "Shape", List.of(x));
    String count =
        graph.add(at, "Gather", List.of(sizes, graph.integer(1)), Attribute.number("axis", 0));
    return graph.add(at, "Range", List.of(graph.integer(0), count, graph.integer(1)));
  }

  /** Which positions {@code [rows, positions]} of a text are real ones. */
  static String real(Site at) {
    String positions = positions(at.graph(), at.at(), at.x().name());
    String ends = at.add("Unsqueeze", List.of(at.x().text(), at.graph().integers(1L)));
    return at.add("Less", List.of(positions, ends));
  }

  /**
   * A linear layer at every position.
   *
   * @param bias name of a tensor; empty if there is none
   */
  static String dense(String weight, String bias, Value x, Site at) {
    String turned = at.add("Transpose", List.of(at.tensor(weight)));
    String product = at.add("MatMul", List.of(x.name(), turned));
    return bias.isEmpty() ? product : at.add("Add", List.of(product, at.tensor(bias)));
  }

  static Value embedding(Site at) {
    List<String> inputs = List.of(at.tensor("weight"), at.x().name());
    return at.x().with(at.add("Gather", inputs, Attribute.number("axis", 0)));
  }

  static Value positions(Site at) {
    Shape.Sequence sequence = at.shape().requireSequence("positions");
    List<Integer> sizes = List.of(sequence.positions(), sequence.features());
    float[] values = TextLayers.Positions.waves(sequence.positions(), sequence.features());
    String waves = at.graph().tensor(at.at() + ".waves", sizes, values);
    String positions = positions(at.graph(), at.at(), at.x().name());
    String own = at.add("Gather", List.of(waves, positions), Attribute.number("axis", 0));
    return at.x().with(at.add("Add", List.of(at.x().name(), own)));
  }

  static Value layerNorm(Site at) {
    List<String> inputs = List.of(at.x().name(), at.tensor("weight"), at.tensor("bias"));
    Attribute epsilon = Attribute.real("epsilon", TextLayers.LayerNorm.EPSILON);
    return at.x().with(at.add("LayerNormalization", inputs, LAST, epsilon));
  }

  static Value tokenMean(Site at) {
    Graph graph = at.graph();
    String real = at.add("Unsqueeze", List.of(real(at), graph.integers(2L)));
    String without = at.add("Where", List.of(real, at.x().name(), graph.real(0)));
    String sum = at.add("ReduceSum", List.of(without, graph.integers(1L)), NARROW);
    String counts = at.add("Cast", List.of(at.x().text()), Attribute.to(ElementType.FLOAT));
    String divisors = at.add("Unsqueeze", List.of(counts, graph.integers(1L)));
    return at.x().with(at.add("Div", List.of(sum, divisors)));
  }

  static Value finalStates(TextLayers.FinalStates spec, Site at) {
    Graph graph = at.graph();
    List<String> ways = at.add(2, "Split", List.of(at.x().name()), LAST);
    String last = at.add("Sub", List.of(at.x().text(), graph.integer(1)));
    String places = at.add("Unsqueeze", List.of(last, graph.integers(1L)));
    Attribute perRow = Attribute.number("batch_dims", 1);
    String forward = at.add("GatherND", List.of(ways.get(0), places), perRow);
    String backward = at.add("Gather", List.of(ways.get(1), graph.integer(0)), POSITIONS);
    List<String> both = List.of(forward, backward);
    return at.x()
        .with(
            switch (spec.combined()) {
              case CONCATENATED -> at.add("Concat", both, LAST);
              case SUM -> at.add("Add", both);
              case MEAN -> at.add("Mul", List.of(at.add("Add", both), graph.real(0.5f)));
            });
  }
}
