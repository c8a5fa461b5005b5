package io.blockwise.model.averaging;

import static io.blockwise.base.Checks.requireAtLeast;

import java.io.Serializable;

/**
 * Which blocks of a network train in a lease: those behind a frozen prefix, up to the last one that
 * has joined. A block is frozen only if all before it are, as else its input would move under it.
 * The blocks are numbered from 1.
 *
 * <p>Always true: {@code 0 <= frozen < joined}, so that at least one block trains. Immutable.
 *
 * @param frozen blocks 1 to {@code frozen} stay as they are
 * @param joined blocks {@code frozen + 1} to {@code joined} train; those behind do not compute
 */
public record TrainedBlocks(int frozen, int joined) implements Serializable {
  public TrainedBlocks {
    requireAtLeast("frozen blocks", frozen, 0);
    requireAtLeast("joined blocks", joined, frozen + 1);
  }

  /** All of so many. */
  public static TrainedBlocks all(int blocks) {
    return new TrainedBlocks(0, blocks);
  }

  /** How many train. */
  public int count() {
    return joined - frozen;
  }
}
