package io.blockwise.model.spec;

import static io.blockwise.base.Checks.requireAtLeast;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A decoupled network: blocks in order, numbered from 1 wherever a number is shown.
 *
 * <p>Always true: at least one block, at least two classes, and every layer and loss fits the shape
 * it reads. Immutable.
 *
 * @param input shape of one example
 * @param classes number of classes
 * @param blocks first to last
 */
public record NetworkSpec(Shape input, int classes, List<BlockSpec> blocks)
    implements Serializable {
  public NetworkSpec {
    blocks = List.copyOf(blocks);
    requireAtLeast("classes", classes, 2);
    requireAtLeast("network.blocks", blocks.size(), 1);
    shapes(input, classes, blocks);
  }

  /** Input shape of every block, and behind the last one the network's output shape. */
  public List<Shape> shapes() {
    return shapes(input, classes, blocks);
  }

  private static List<Shape> shapes(Shape input, int classes, List<BlockSpec> blocks) {
    List<Shape> shapes = new ArrayList<>(List.of(input));
    for (int k = 0; k < blocks.size(); k++) {
      try {
        BlockSpec block = blocks.get(k);
        shapes.add(block.modules(shapes.get(k), classes).get(BlockSpec.LAYERS).output());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "Cannot build block "
                + (k + 1)
                + " for input "
                + input
                + ": "
                + e.getMessage()
                + " (choose another backbone or loss, or data of another shape)",
            e);
      }
    }
    return shapes;
  }
}
