package io.blockwise.model.averaging.ledger;

import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.Push;

/** Hears of every push that moves a ledger, under the ledger's lock. Thread-safe. */
@FunctionalInterface
public interface FoldListener {
  /** Hears nothing. */
  FoldListener NONE = (push, weight, gain, after) -> {};

  /**
   * A push has moved the ledger of its block; several of one round lead to the same state.
   *
   * @param push without its values
   * @param weight of what it has learned, without the gain
   * @param gain by which that was made longer, 1 if it was not
   * @param after the new state
   */
  void folded(Push push, double weight, double gain, BlockState after);
}
