package io.blockwise.model.network;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;

/**
 * Losses and answers of a network over some batches: of a step, of a lease so far, of an epoch.
 * Immutable.
 *
 * @param examples of all batches, each counted once in all its views
 * @param blocks one entry per block, first to last
 */
public record NetworkFigures(long examples, List<BlockFigures> blocks) implements Serializable {
  public NetworkFigures {
    blocks = List.copyOf(blocks);
  }

  /** Of no batch. */
  public static NetworkFigures none(int blocks) {
    return new NetworkFigures(0, Collections.nCopies(blocks, BlockFigures.NONE));
  }

  /** Both together. */
  public NetworkFigures plus(NetworkFigures other) {
    return new NetworkFigures(examples + other.examples, with(other, BlockFigures::plus));
  }

  /** What came after {@code earlier}, a part of these. */
  public NetworkFigures minus(NetworkFigures earlier) {
    return new NetworkFigures(examples - earlier.examples, with(earlier, BlockFigures::minus));
  }

  private List<BlockFigures> with(NetworkFigures other, BinaryOperator<BlockFigures> operator) {
    return IntStream.range(0, blocks.size())
        .mapToObj(k -> operator.apply(blocks.get(k), other.blocks.get(k)))
        .toList();
  }

  /** Whether there is a mean for some block. */
  public boolean hasMeans() {
    return blocks.stream().anyMatch(block -> block.rows() > 0);
  }

  /** Mean objective per row of every block; NaN of one that has made no step. */
  public List<Double> losses() {
    return blocks.stream().map(block -> block.loss() / block.rows()).toList();
  }

  /** Mean per row of every term of every block's loss, by its name; none before its first step. */
  public List<Map<String, Double>> terms() {
    return blocks.stream().map(BlockFigures::means).toList();
  }

  /**
   * Accuracy of every block on the batches, before each update; NaN of one that has made no step.
   */
  public List<Double> accuracies() {
    return blocks.stream().map(block -> (double) block.correct() / block.rows()).toList();
  }
}
