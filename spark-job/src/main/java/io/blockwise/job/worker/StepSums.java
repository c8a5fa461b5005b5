package io.blockwise.job.worker;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Losses and answers of some steps. Immutable.
 *
 * @param examples rows of all steps
 * @param blocks one entry per block
 */
public record StepSums(long examples, List<BlockSum> blocks) implements Serializable {
  /**
   * Of one block, over the steps that it took.
   *
   * @param loss summed over rows
   * @param rows of those steps
   * @param correct rows that the exit classified correctly, before each update
   */
  public record BlockSum(double loss, long rows, long correct) implements Serializable {
    private BlockSum plus(BlockSum other) {
      return new BlockSum(loss + other.loss, rows + other.rows, correct + other.correct);
    }

    private BlockSum minus(BlockSum other) {
      return new BlockSum(loss - other.loss, rows - other.rows, correct - other.correct);
    }
  }

  public StepSums {
    blocks = List.copyOf(blocks);
  }

  /** Of no step. */
  public static StepSums none(int blocks) {
    return new StepSums(
        0, IntStream.range(0, blocks).mapToObj(k -> new BlockSum(0, 0, 0)).toList());
  }

  /** Both together. */
  public StepSums plus(StepSums other) {
    return new StepSums(
        examples + other.examples,
        IntStream.range(0, blocks.size())
            .mapToObj(k -> blocks.get(k).plus(other.blocks.get(k)))
            .toList());
  }

  /** What came after {@code earlier}, a part of these steps. */
  public StepSums minus(StepSums earlier) {
    return new StepSums(
        examples - earlier.examples,
        IntStream.range(0, blocks.size())
            .mapToObj(k -> blocks.get(k).minus(earlier.blocks.get(k)))
            .toList());
  }

  /** Whether there is a mean for every block. */
  public boolean isComplete() {
    return blocks.stream().allMatch(block -> block.rows > 0);
  }

  /** Mean loss per row of every block; NaN before its first step. */
  public List<Double> losses() {
    return blocks.stream().map(block -> block.loss / block.rows).toList();
  }

  /** Accuracy of every block on the batches, before each update; NaN before its first step. */
  public List<Double> accuracies() {
    return blocks.stream().map(block -> (double) block.correct / block.rows).toList();
  }
}
