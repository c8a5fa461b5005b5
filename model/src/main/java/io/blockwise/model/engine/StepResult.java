package io.blockwise.model.engine;

import java.util.List;

/**
 * What one training step of a block gives.
 *
 * @param output the signal for the next block: the activation computed before the update; the
 *     caller closes it
 * @param finite false if the loss or a gradient was not finite; then the block is as before
 * @param examples rows of the batch
 * @param correct rows that the block's exit classified correctly, before the update
 * @param losses the terms of the local loss, before the update
 */
public record StepResult(
    Signal output, boolean finite, int examples, int correct, List<LossTerm> losses) {
  public StepResult {
    losses = List.copyOf(losses);
  }

  /** Sum of the terms. */
  public double loss() {
    return losses.stream().mapToDouble(LossTerm::value).sum();
  }
}
