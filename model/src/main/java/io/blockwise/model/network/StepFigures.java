package io.blockwise.model.network;

import io.blockwise.model.engine.LossTerm;
import io.blockwise.model.engine.StepResult;
import java.util.List;

/**
 * What a block's training step gave, without the signal it passed on. Immutable.
 *
 * @param finite false if the block skipped the batch
 * @param examples rows of the batch
 * @param correct rows its exit classified correctly, before the update
 * @param losses terms of its loss, before the update
 */
public record StepFigures(boolean finite, int examples, int correct, List<LossTerm> losses) {
  static StepFigures of(StepResult result) {
    return new StepFigures(result.finite(), result.examples(), result.correct(), result.losses());
  }

  /** Sum of the terms. */
  public double loss() {
    return losses.stream().mapToDouble(LossTerm::value).sum();
  }
}
