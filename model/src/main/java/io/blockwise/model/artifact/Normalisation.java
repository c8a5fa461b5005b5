package io.blockwise.model.artifact;

import java.io.Serializable;
import java.util.List;

/**
 * How a channel's values, scaled to 0..1, become inputs of a network: {@code (value - mean) / std}.
 *
 * <p>Always true: as many means as deviations, all finite, deviations above 0. Immutable.
 *
 * @param mean one per channel, of the training split
 * @param std one per channel, of the training split
 */
public record Normalisation(List<Double> mean, List<Double> std) implements Serializable {
  public Normalisation {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    boolean finite = mean.stream().allMatch(Double::isFinite);
    boolean positive = std.stream().allMatch(value -> Double.isFinite(value) && value > 0);
    if (mean.size() != std.size() || mean.isEmpty() || !finite || !positive) {
      throw new IllegalArgumentException(
          "Invalid normalisation: mean "
              + mean
              + ", std "
              + std
              + " (must be one finite mean and one std above 0 per channel)");
    }
  }

  /** Number of channels. */
  public int channels() {
    return mean.size();
  }
}
