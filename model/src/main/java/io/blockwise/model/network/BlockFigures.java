package io.blockwise.model.network;

import io.blockwise.model.engine.StepResult;
import java.io.Serializable;

/**
 * Losses and answers of a block over the batches that it took. Immutable.
 *
 * @param loss summed over rows
 * @param rows of those batches
 * @param correct rows that the exit classified correctly, before each update
 */
public record BlockFigures(double loss, long rows, long correct) implements Serializable {
  /** Of no batch. */
  public static final BlockFigures NONE = new BlockFigures(0, 0, 0);

  /** Of one step; none if the block did not take it. */
  public static BlockFigures of(StepResult step) {
    return step.trained()
        ? new BlockFigures(step.loss() * step.examples(), step.examples(), step.correct())
        : NONE;
  }

  /** Both together. */
  public BlockFigures plus(BlockFigures other) {
    return new BlockFigures(loss + other.loss, rows + other.rows, correct + other.correct);
  }

  /** What came after {@code earlier}, a part of these. */
  public BlockFigures minus(BlockFigures earlier) {
    return new BlockFigures(loss - earlier.loss, rows - earlier.rows, correct - earlier.correct);
  }
}
