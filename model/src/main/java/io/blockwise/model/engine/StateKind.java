package io.blockwise.model.engine;

import java.util.Arrays;
import java.util.List;

/**
 * The flat vectors that make up a block's state, each of its own kind. What has to carry a block's
 * whole state goes over the kinds, and asks each what it is; so a further kind is one constant here
 * and a vector in the engines that have it. A block that has nothing of a kind has a vector without
 * values.
 */
public enum StateKind {
  /** Trainable parameters of layers, head and exit. */
  PARAMETERS(true),
  /** Running statistics of the batch norms: values, not trained. */
  STATISTICS(true),
  /** What the optimiser remembers, in the optimiser's own layout. */
  OPTIMISER(false);

  private final boolean averaged;

  StateKind(boolean averaged) {
    this.averaged = averaged;
  }

  /**
   * Whether the ledgers hold it, averaged over the workers, and models are made of it. What is not
   * averaged is its worker's own: it stays with the worker from lease to lease, it is what a
   * checkpoint has to carry beside the ledgers, and zeros stand for its beginning.
   */
  public boolean isAveraged() {
    return averaged;
  }

  /** Those that are their worker's own. */
  public static List<StateKind> ownOfAWorker() {
    return Arrays.stream(values()).filter(kind -> !kind.averaged).toList();
  }
}
