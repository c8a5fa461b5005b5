package io.blockwise.job.worker;

import io.blockwise.model.network.StepFigures;
import java.util.ArrayList;
import java.util.List;

/** Figures of steps as they happen, for whoever wants to look at them meanwhile. Thread-safe. */
public final class LiveFigures {
  private final int blocks;
  private StepSums sums;

  /** Nothing yet, for a network of so many blocks. */
  public LiveFigures(int blocks) {
    this.blocks = blocks;
    this.sums = StepSums.none(blocks);
  }

  /** Counts a step of one worker; blocks that skipped the batch do not count. */
  public void add(List<StepFigures> step) {
    List<StepSums.BlockSum> each = new ArrayList<>();
    for (StepFigures block : step) {
      each.add(
          block.finite()
              ? new StepSums.BlockSum(
                  block.loss() * block.examples(), block.examples(), block.correct())
              : new StepSums.BlockSum(0, 0, 0));
    }
    while (each.size() < blocks) {
      each.add(new StepSums.BlockSum(0, 0, 0)); // behind a block that was not finite
    }
    add(new StepSums(step.get(0).examples(), each));
  }

  /** Counts several steps. */
  public synchronized void add(StepSums steps) {
    sums = sums.plus(steps);
  }

  /** What has come together since the last {@link #take}. */
  public synchronized StepSums sums() {
    return sums;
  }

  /** The same, and begins anew. */
  public synchronized StepSums take() {
    StepSums taken = sums;
    sums = StepSums.none(blocks);
    return taken;
  }
}
