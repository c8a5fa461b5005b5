package io.blockwise.model.network;

/** Hears what blocks have done and when, from the threads that did it. Thread-safe. */
public interface Timeline {
  /** Hears nothing. */
  Timeline NONE = (block, what, batch, from, to) -> {};

  /** What the time of a block goes into. */
  enum Activity {
    /** A whole step. */
    TRAIN,
    /** The way forward of a step. */
    FORWARD,
    /** The rest of it: the way back and the update. */
    BACK,
    /** Pushing and adopting, waiting for other workers included. */
    AVERAGE,
    /** Waiting for a batch from the block before, or for the next step. */
    WAIT_FOR_BATCH,
    /** Waiting for the next block to take a batch. */
    WAIT_FOR_NEXT
  }

  /**
   * A block has done something.
   *
   * @param block from 1
   * @param batch its number in the lease, from 1; of a wait, that of the batch before it
   * @param from {@link System#nanoTime} at the beginning
   * @param to the same at the end
   */
  void spent(int block, Activity what, long batch, long from, long to);
}
