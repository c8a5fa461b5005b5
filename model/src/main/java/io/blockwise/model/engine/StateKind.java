package io.blockwise.model.engine;

/**
 * The flat vectors that make up a block's state, each of its own kind. Each says what becomes of
 * it; so a further kind is one constant here and a vector in the engines that have it. A block that
 * has nothing of a kind has a vector without values.
 */
public enum StateKind {
  /** Trainable parameters of layers, head and exit. */
  PARAMETERS(true),
  /** Running statistics of the batch norms: values, not trained. */
  STATISTICS(true),
  /** What the optimiser remembers, in the optimiser's own layout. */
  OPTIMISER(false),
  /** Parameters that follow those of the next block, from which they begin. */
  SLOW(false);

  private final boolean averaged;

  StateKind(boolean averaged) {
    this.averaged = averaged;
  }

  /**
   * Whether the ledgers hold it, averaged over the workers, and models are made of it. What is not
   * averaged is its worker's own: it stays with the worker from lease to lease, and it is what a
   * checkpoint has to carry beside the ledgers.
   */
  public boolean isAveraged() {
    return averaged;
  }

  /**
   * Brings what is a worker's own in a block to its beginning. The averaged kinds have been adopted
   * by then, from which a beginning may be made.
   */
  public static void beginOwn(Block block) {
    for (StateKind kind : values()) {
      if (!kind.averaged) {
        block.adopt(kind, block.beginning(kind));
      }
    }
  }
}
