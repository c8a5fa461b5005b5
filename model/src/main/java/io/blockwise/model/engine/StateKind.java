package io.blockwise.model.engine;

/** The three flat vectors that make up a block's state. */
public enum StateKind {
  /** Trainable parameters of layers, head and exit. */
  PARAMETERS,
  /** Running statistics of the batch norms: values, not trained. */
  STATISTICS,
  /** What the optimiser remembers, in the optimiser's own layout. */
  OPTIMISER
}
