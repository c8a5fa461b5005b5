package io.blockwise.model.spec;

/** How a head or an exit reads a block's output. */
public enum Features {
  /** Mean over all positions of each channel: global average pooling; a vector stays as it is. */
  POOLED,
  /** All values in one vector. */
  FLAT;

  /** The layer that reads it so, and gives a vector. */
  LayerSpec layer() {
    return this == POOLED ? new LayerSpec.GlobalAveragePool() : new LayerSpec.Flatten();
  }
}
