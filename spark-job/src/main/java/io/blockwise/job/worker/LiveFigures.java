package io.blockwise.job.worker;

import io.blockwise.model.network.NetworkFigures;

/** Figures of steps as they happen, for whoever wants to look at them meanwhile. Thread-safe. */
public final class LiveFigures {
  private final int blocks;
  private NetworkFigures sums;

  /** Nothing yet, for a network of so many blocks. */
  public LiveFigures(int blocks) {
    this.blocks = blocks;
    this.sums = NetworkFigures.none(blocks);
  }

  /** Counts one or several steps. */
  public synchronized void add(NetworkFigures steps) {
    sums = sums.plus(steps);
  }

  /** What has come together since the last {@link #take}. */
  public synchronized NetworkFigures sums() {
    return sums;
  }

  /** The same, and begins anew. */
  public synchronized NetworkFigures take() {
    NetworkFigures taken = sums;
    sums = NetworkFigures.none(blocks);
    return taken;
  }
}
