package io.blockwise.job.worker;

import io.blockwise.job.config.PatienceSettings.Metric;
import java.util.List;

/**
 * What the exits of a snapshot reach on a split. Immutable.
 *
 * @param accuracies share of the rows that are answered correctly, by block, 0..1
 * @param losses mean cross-entropy, by block, in nats
 */
public record BlockScores(List<Double> accuracies, List<Double> losses) {
  public BlockScores {
    accuracies = List.copyOf(accuracies);
    losses = List.copyOf(losses);
  }

  /** Blocks that have answered. */
  public int blocks() {
    return accuracies.size();
  }

  /**
   * A figure of a block.
   *
   * @param block from 1
   */
  public double of(Metric metric, int block) {
    return switch (metric) {
      case VALIDATION_ACCURACY -> accuracies.get(block - 1);
      case VALIDATION_LOSS -> losses.get(block - 1);
    };
  }
}
