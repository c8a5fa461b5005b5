package io.blockwise.job.exchange;

import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The versions of a block that workers are reading piece by piece. Each takes memory once, however
 * many read it. Used under its endpoint's lock.
 */
final class PinnedStates {
  private final MemoryBudget memory;
  private final Map<EncodedState, Integer> readers = new IdentityHashMap<>();

  PinnedStates(MemoryBudget memory) {
    this.memory = memory;
  }

  /**
   * A reader turns from one version to another.
   *
   * @param from null if it read none
   * @param to null if it reads none now
   */
  void move(EncodedState from, EncodedState to) {
    if (to != null && readers.merge(to, 1, Integer::sum) == 1) {
      memory.pin(to.bytes());
    }
    if (from != null && readers.merge(from, -1, Integer::sum) == 0) {
      readers.remove(from);
      memory.unpin(from.bytes());
    }
  }
}
