package io.blockwise.model.engine;

import java.util.List;

/**
 * How one training step of a block went. Immutable.
 *
 * @param examples rows of the batch, a view of an example being one
 * @param correct rows that the block's exit classified correctly, before the update
 * @param losses the terms of the local loss, before the update, each of another name; none if the
 *     batch was skipped
 */
public record StepResult(Outcome outcome, int examples, int correct, List<LossTerm> losses) {
  /** What became of a batch at a block. */
  public enum Outcome {
    /** The block took the step. */
    TRAINED,
    /** The loss or a gradient was not finite; the block is as before. */
    NOT_FINITE,
    /** An earlier block was not finite; the block is as before. */
    SKIPPED
  }

  public StepResult {
    losses = List.copyOf(losses);
  }

  /** Of a block that had to skip a batch of so many rows. */
  public static StepResult skipped(int examples) {
    return new StepResult(Outcome.SKIPPED, examples, 0, List.of());
  }

  /** Whether the block took the step. */
  public boolean trained() {
    return outcome == Outcome.TRAINED;
  }

  /** The objective: the sum of the terms that are in it. */
  public double loss() {
    return losses.stream().filter(LossTerm::inObjective).mapToDouble(LossTerm::value).sum();
  }
}
