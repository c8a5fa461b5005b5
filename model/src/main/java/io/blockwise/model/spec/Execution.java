package io.blockwise.model.spec;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import java.util.List;
import java.util.Optional;

/**
 * In which order, and on how many threads, a worker trains its row of blocks (methods 2f). All give
 * the same numbers, since a block depends on those before it alone.
 */
public enum Execution {
  /** One block after the other on one thread. */
  SEQUENTIAL,
  /**
   * One batch at a time: its way forward on one thread; every block goes back and updates on a
   * thread of its own while the way forward goes on.
   */
  FORWARD_SERIAL,
  /** A thread for every block: it trains on a batch while the next one trains on the one before. */
  PIPELINED;

  /**
   * Threads of the numerical library on each thread that computes.
   *
   * @param ofWorker threads that a worker has, at least 1
   * @param blocks of the network, at least 1
   * @return at least 1
   */
  public int libraryThreads(int ofWorker, int blocks) {
    return this == SEQUENTIAL ? ofWorker : Math.max(1, ofWorker / blocks);
  }

  /** Whether so many blocks have a thread each, with a worker's threads. */
  public boolean fits(int ofWorker, int blocks) {
    return this != PIPELINED || blocks == 1 || blocks <= ofWorker;
  }

  /**
   * Refuses a network whose blocks cannot train at the same time, where they would.
   *
   * @throws UserException that says what one of them needs of another
   */
  public void requireTrains(NetworkSpec network) {
    if (this != SEQUENTIAL) {
      coupling(network.blocks()).ifPresent(this::refuse);
    }
  }

  /**
   * Refuses to train.
   *
   * @throws UserException always
   */
  public void refuse(String reason) {
    throw UserException.cannot(
        "train with training.execution = " + Names.of(this),
        reason,
        "set training.execution = sequential");
  }

  private static Optional<String> coupling(List<BlockSpec> blocks) {
    for (int k = 1; k <= blocks.size(); k++) {
      BlockSpec block = blocks.get(k - 1);
      if (block.span() > 1) {
        return Optional.of("block " + k + " learns from the loss of block " + (k + 1) + " as well");
      }
      if (block.momentum().exists()) {
        return Optional.of("the exit of block " + k + " follows the parameters of the next one");
      }
    }
    return Optional.empty();
  }
}
