package io.blockwise.model.averaging;

import java.util.List;

/**
 * A new state and the pushes that led to it.
 *
 * @param state the next version, not checked for being finite; the last one if none of the pushes
 *     has weight
 */
record Fold(BlockState state, List<Contribution> contributions) {
  Fold {
    contributions = List.copyOf(contributions);
  }

  boolean isFinite() {
    return state.value().isFinite() && state.statistics().isFinite();
  }
}
