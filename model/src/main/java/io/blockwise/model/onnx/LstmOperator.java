package io.blockwise.model.onnx;

import io.blockwise.model.spec.TextLayers.Lstm;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Long short-term memory in both directions. ONNX has the positions first, the gates in the order
 * i, o, f, c instead of i, f, g, o, and one tensor for both directions.
 */
final class LstmOperator {
  private static final List<Integer> GATES = List.of(0, 3, 1, 2);
  private static final List<String> DIRECTIONS = List.of("", "_reverse");

  private LstmOperator() {}

  static Value of(Lstm spec, Site at) {
    int width = at.shape().requireSequence("lstm").features();
    List<String> inputs = new ArrayList<>();
    inputs.add(at.add("Transpose", List.of(at.x().name()), order(1L, 0L, 2L)));
    inputs.add(stacked("weight_ih", List.of(2, Lstm.GATES * spec.units(), width), at));
    inputs.add(stacked("weight_hh", List.of(2, Lstm.GATES * spec.units(), spec.units()), at));
    inputs.add(biases(spec, at));
    inputs.add(at.add("Cast", List.of(at.x().text()), Attribute.to(ElementType.INT32)));
    if (spec.carry()) {
      at.x().states().ifPresent(states -> inputs.addAll(List.of(states.hidden(), states.cell())));
    }
    List<String> outputs =
        at.add(
            spec.carry() ? 3 : 1,
            "LSTM",
            inputs,
            Attribute.number("hidden_size", spec.units()),
            Attribute.text("direction", "bidirectional"));
    Value read = at.x().with(sideBySide(outputs.get(0), spec, at));
    return spec.carry() ? read.with(new Value.States(outputs.get(1), outputs.get(2))) : read;
  }

  /** {@code [positions, 2, rows, units]} to {@code [rows, positions, 2 units]}. */
  private static String sideBySide(String y, Lstm spec, Site at) {
    String turned = at.add("Transpose", List.of(y), order(2L, 0L, 1L, 3L));
    String sizes = at.graph().integers(0L, 0L, 2L * spec.units());
    return at.add("Reshape", List.of(turned, sizes));
  }

  private static Attribute order(Long... axes) {
    return Attribute.numbers("perm", List.of(axes));
  }

  private static String stacked(String tensor, List<Integer> sizes, Site at) {
    List<FloatBuffer> parts = new ArrayList<>();
    DIRECTIONS.forEach(direction -> parts.addAll(gates(tensor + direction, at)));
    return at.graph().tensor(at.at() + "." + tensor, sizes, parts);
  }

  /** Of each direction that of the input, then that of the states. */
  private static String biases(Lstm spec, Site at) {
    List<FloatBuffer> parts = new ArrayList<>();
    for (String direction : DIRECTIONS) {
      parts.addAll(gates("bias_ih" + direction, at));
      parts.addAll(gates("bias_hh" + direction, at));
    }
    List<Integer> sizes = List.of(2, 2 * Lstm.GATES * spec.units());
    return at.graph().tensor(at.at() + ".bias", sizes, parts);
  }

  private static List<FloatBuffer> gates(String tensor, Site at) {
    return at.weights().parts(at.name() + "." + tensor, Lstm.GATES, GATES);
  }
}
