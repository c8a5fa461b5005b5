package io.blockwise.model.onnx;

import io.blockwise.model.spec.TextLayers.Attention;
import java.util.List;

/** Attention of every position to all real ones of its row, by several heads. */
final class AttentionOperators {
  private static final Attribute LAST = Attribute.number("axis", -1);

  private AttentionOperators() {}

  static Value of(Attention spec, Site at) {
    Graph graph = at.graph();
    int width = at.shape().requireSequence("attention").features();
    String all = TextOperators.dense("in_weight", "in_bias", at.x(), at);
    List<String> parts = at.add(3, "Split", List.of(all), LAST);
    String query = heads(parts.get(0), spec.heads(), width, List.of(0L, 2L, 1L, 3L), at);
    String key = heads(parts.get(1), spec.heads(), width, List.of(0L, 2L, 3L, 1L), at);
    String value = heads(parts.get(2), spec.heads(), width, List.of(0L, 2L, 1L, 3L), at);
    String root = graph.real((float) Math.sqrt((double) width / spec.heads()));
    String scores = at.add("Div", List.of(at.add("MatMul", List.of(query, key)), root));
    String weights = at.add("Softmax", List.of(ofReal(scores, at)), LAST);
    String mixed = at.add("MatMul", List.of(weights, value));
    Attribute back = Attribute.numbers("perm", List.of(0L, 2L, 1L, 3L));
    String turned = at.add("Transpose", List.of(mixed), back);
    String joined = at.add("Reshape", List.of(turned, graph.integers(0L, 0L, (long) width)));
    return at.x().with(TextOperators.dense("out_weight", "out_bias", at.x().with(joined), at));
  }

  /** {@code [rows, positions, width]} to axes rows, positions, heads and values in this order. */
  private static String heads(String part, int heads, int width, List<Long> order, Site at) {
    String sizes = at.graph().integers(0L, 0L, (long) heads, (long) (width / heads));
    String split = at.add("Reshape", List.of(part, sizes));
    return at.add("Transpose", List.of(split), Attribute.numbers("perm", order));
  }

  /** Scores that padding has no share of. */
  private static String ofReal(String scores, Site at) {
    Graph graph = at.graph();
    String real = at.add("Unsqueeze", List.of(TextOperators.real(at), graph.integers(1L, 2L)));
    return at.add("Where", List.of(real, scores, graph.real(Float.NEGATIVE_INFINITY)));
  }
}
