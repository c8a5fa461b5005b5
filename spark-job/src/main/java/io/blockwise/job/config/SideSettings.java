package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.RowShapes;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.SideInput;
import io.blockwise.model.spec.TextLayers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which blocks read further fields of the data set, and how. Immutable.
 *
 * @param inputs in any order; fields of one block are joined in theirs
 * @param join of inputs that do not say another
 */
public record SideSettings(List<Input> inputs, SideInput.Join join) {
  /**
   * A field that a block reads. Immutable.
   *
   * @param block from 2
   * @param field name in the data set
   */
  public record Input(int block, String field, SideInput.Join join) {
    public Input {
      requireAtLeast("block", block, 2);
    }
  }

  public SideSettings {
    inputs = List.copyOf(inputs);
  }

  /**
   * The network with these inputs.
   *
   * @throws IllegalArgumentException if there is no such block or field, or the two do not fit
   */
  NetworkSpec in(NetworkSpec network, RowShapes rows) {
    Map<Integer, List<SideInput>> byBlock = new TreeMap<>();
    for (Input input : inputs) {
      byBlock
          .computeIfAbsent(input.block, block -> new ArrayList<>())
          .add(spec(input, network, rows));
    }
    NetworkSpec with = network;
    for (Map.Entry<Integer, List<SideInput>> block : byBlock.entrySet()) {
      with = with.with(block.getKey(), block.getValue());
    }
    return with;
  }

  private static SideInput spec(Input input, NetworkSpec network, RowShapes rows) {
    Shape shape = rows.sides().get(input.field);
    if (shape == null) {
      throw invalid("side.inputs.field", input.field, rule(rows));
    }
    List<LayerSpec> layers = shape instanceof Shape.Tokens ? reader(input, network) : List.of();
    return new SideInput(input.field, shape, input.join, layers);
  }

  private static String rule(RowShapes rows) {
    return rows.sides().isEmpty()
        ? "must be a further field of the data set, which has none: prepare one with"
            + " data.side.texts, data.side.numbers or data.side.images"
        : "must be a further field of the data set: " + String.join(", ", rows.sides().keySet());
  }

  /** As the network begins to read its own texts, with a table of its own. */
  private static List<LayerSpec> reader(Input input, NetworkSpec network) {
    List<LayerSpec> first = network.blocks().get(0).layers();
    if (!(first.get(0) instanceof TextLayers.Embedding)) {
      throw invalid(
          "side.inputs.field",
          input.field,
          "must not be a text: a network of texts alone has an embedding to read it by");
    }
    boolean positions = first.size() > 1 && first.get(1) instanceof TextLayers.Positions;
    return List.copyOf(first.subList(0, positions ? 2 : 1));
  }
}
