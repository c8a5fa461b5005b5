package io.blockwise.model.spec;

/** Arithmetic of layers, heads and exits. Losses, optimisers and state are in float32 always. */
public enum Precision {
  /** Single precision. */
  FLOAT32,
  /**
   * Convolutions and matrix products on operands rounded to bfloat16, as PyTorch's autocast has it.
   */
  BFLOAT16
}
