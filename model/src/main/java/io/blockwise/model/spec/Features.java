package io.blockwise.model.spec;

/** How a head or an exit reads a block's output. A vector is read as it is by all of them. */
public enum Features {
  /** Mean over all positions of each channel: global average pooling. */
  POOLED,
  /**
   * Means over 4 by 4 windows of each channel in one vector, of a smaller map all values: an
   * average that keeps roughly where something is (methods 2k).
   */
  GRID,
  /** All values in one vector. */
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
    return switch (this) {
      case POOLED -> module.then(name, new LayerSpec.GlobalAveragePool());
      case GRID -> grid(module, name).then(name, new LayerSpec.Flatten());
      case FLAT -> module.then(name, new LayerSpec.Flatten());
    };
  }

  private static ModuleSpec grid(ModuleSpec module, String name) {
    LayerSpec pool = new LayerSpec.AdaptiveAveragePool(GRID_SIDE);
    Shape map = module.output();
    return pool.output(map).equals(map) ? module : module.then(name + ".grid", pool);
  }
}
