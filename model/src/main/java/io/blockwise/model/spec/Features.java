package io.blockwise.model.spec;

/** How a head or an exit reads a block's output. */
public enum Features {
  /** Mean over all positions of each channel: global average pooling; a vector stays as it is. */
  POOLED,
  /** All values in one vector. */
  FLAT;

  /**
   * What reads an output so, as the beginning of a head or an exit; gives a vector.
   *
   * @param name of its layer, which there is none of for a vector
   */
  ModuleSpec read(Shape output, String name) {
    ModuleSpec module = ModuleSpec.of(output);
    if (output instanceof Shape.Vector) {
      return module;
    }
    return module.then(
        name, this == POOLED ? new LayerSpec.GlobalAveragePool() : new LayerSpec.Flatten());
  }
}
