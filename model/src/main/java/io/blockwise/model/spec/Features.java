package io.blockwise.model.spec;

/** How a head or an exit reads a block's output. */
public enum Features {
  /** Mean over all positions of each channel: global average pooling; a vector stays as it is. */
  POOLED,
  /** All values in one vector. */
  FLAT;

  /** Values per example that are read. */
  public int width(Shape output) {
    return this == POOLED ? output.channels() : output.elements();
  }
}
