package io.blockwise.model.spec;

/** Arithmetic of layers, heads and exits. Losses, optimisers and state are in float32 always. */
public enum Precision {
  /** Single precision throughout, also on GPUs that have something faster. */
  FLOAT32,
  /**
   * Single precision whose convolutions and matrix products a GPU may compute on operands rounded
   * to TF32, with 10 bits behind the point instead of 23; on a CPU the same as {@link #FLOAT32}.
   */
  TF32,
  /**
   * Convolutions and matrix products on operands rounded to bfloat16, as PyTorch's autocast has it,
   * and the rest as in {@link #FLOAT32}.
   */
  BFLOAT16
}
