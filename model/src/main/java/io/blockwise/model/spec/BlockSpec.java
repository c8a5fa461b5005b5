package io.blockwise.model.spec;

import static io.blockwise.model.Checks.requireAtLeast;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * One block: the unit that is trained on its own. No gradient leaves it.
 *
 * <p>Always true: at least one layer. Immutable.
 *
 * @param layers in order of computation; the last one's output is the block's output
 * @param loss local objective
 * @param exit class scores of the block's output
 * @param optimiser of all parameters of the block
 */
public record BlockSpec(
    List<LayerSpec> layers, LossSpec loss, ExitSpec exit, OptimiserSpec optimiser)
    implements Serializable {
  public BlockSpec {
    layers = List.copyOf(layers);
    requireAtLeast("block.layers", layers.size(), 1);
    Objects.requireNonNull(loss, "loss");
    Objects.requireNonNull(exit, "exit");
    Objects.requireNonNull(optimiser, "optimiser");
  }

  /** Shape of one example of the block's output. */
  public Shape output(Shape in) {
    Shape shape = in;
    for (LayerSpec layer : layers) {
      shape = layer.output(shape);
    }
    return shape;
  }
}
