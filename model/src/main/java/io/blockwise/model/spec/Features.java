package io.blockwise.model.spec;

import static io.blockwise.base.Checks.invalid;

import io.blockwise.base.Names;
import io.blockwise.model.spec.TextLayers.FinalStates.Combined;

/**
 * How a head or an exit reads a block's output. A vector is read as it is by all of them; of texts
 * only the real positions count. An {@link TextLayers.Lstm} is read by its final states.
 */
public enum Features {
  /**
   * Mean over all positions of each channel: global average pooling. Of two directions the mean of
   * their final states.
   */
  POOLED,
  /** The same, but of two directions the sum of their final states (AL's authors). */
  SUMMED,
  /**
   * Means over 4 by 4 windows of each channel in one vector, of a smaller map all values: an
   * average that keeps roughly where something is (methods 2k). Of texts, which have no such
   * places, as {@link #POOLED}.
   */
  GRID,
  /** All values in one vector. Of two directions the final states side by side. */
  FLAT;

  /** Windows of {@link #GRID} in each direction. */
  public static final int GRID_SIDE = 4;

  /**
   * What reads the output of a module so; gives a vector.
   *
   * @param name of its layers, which there are none of for a vector
   */
  ModuleSpec behind(ModuleSpec module, String name) {
    if (module.output() instanceof Shape.Vector) {
      return module;
    }
    if (module.output() instanceof Shape.Sequence sequence) {
      return module.then(name, ofSequence(sequence));
    }
    return switch (this) {
      case POOLED, SUMMED -> module.then(name, new LayerSpec.GlobalAveragePool());
      case GRID -> grid(module, name).then(name, new LayerSpec.Flatten());
      case FLAT -> module.then(name, new LayerSpec.Flatten());
    };
  }

  private LayerSpec ofSequence(Shape.Sequence sequence) {
    if (this == FLAT && !sequence.directions()) {
      throw invalid(
          "features",
          Names.of(this),
          "must be pooled for " + sequence + ", as texts differ in length");
    }
    if (!sequence.directions()) {
      return new TextLayers.TokenMean();
    }
    return new TextLayers.FinalStates(
        switch (this) {
          case SUMMED -> Combined.SUM;
          case FLAT -> Combined.CONCATENATED;
          default -> Combined.MEAN;
        });
  }

  private static ModuleSpec grid(ModuleSpec module, String name) {
    LayerSpec pool = new LayerSpec.AdaptiveAveragePool(GRID_SIDE);
    Shape map = module.output();
    return pool.output(map).equals(map) ? module : module.then(name + ".grid", pool);
  }
}
