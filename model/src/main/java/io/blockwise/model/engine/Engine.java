package io.blockwise.model.engine;

import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Builds blocks with one numerical library. Used by one thread; a block is used by one at a time,
 * which may be another one for each block and at the same time as others use other blocks.
 */
public interface Engine extends AutoCloseable {
  /** Name in configurations: {@code dl4j}. */
  String name();

  /** What computes, and on what; asks the device, which may take a second. */
  EngineDescription description();

  /**
   * A block with freshly drawn parameters.
   *
   * @param in what the block reads
   * @param random draws the initial parameters, in the order of {@link Block#parameters}, so that
   *     every engine starts from the same numbers
   */
  Block block(BlockSpec spec, Border in, int classes, RandomGenerator random);

  /**
   * Why blocks cannot be used by a thread each; empty if they can.
   *
   * @return the rest of a message
   */
  default Optional<String> refusalOfThreads() {
    return Optional.empty();
  }

  /**
   * Begins to bring a batch to the device, so that {@link #signal} of the same batch need not; that
   * is called once, before the batch's rows change. An engine for which that is no gain does
   * nothing. Any thread may call it, also while others compute.
   */
  default void upload(Batch batch) {}

  /** The signal that carries a batch to the first block. Copies what it needs from the batch. */
  Signal signal(Batch batch);

  /**
   * Waits for several steps at once, so that none has to be waited for when its result is read. On
   * a GPU each wait costs time in which nothing is prepared for it.
   *
   * @param steps of blocks of this engine
   */
  default void await(List<Step> steps) {}

  /** Frees what the engine keeps for itself; its blocks are closed on their own. */
  @Override
  void close();
}
