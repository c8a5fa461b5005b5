package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.model.spec.LayerSpec;
import java.util.List;

/**
 * A network in full. Immutable.
 *
 * @param blocks layers of every block; empty if a backbone is meant
 * @param defaults what layers in {@code blocks} left out; already in them
 */
public record NetworkSettings(List<List<LayerSpec>> blocks, LayerDefaults defaults) {
  public NetworkSettings {
    blocks = blocks.stream().map(List::copyOf).toList();
    if (blocks.stream().anyMatch(List::isEmpty)) {
      throw invalid("network.blocks", "a block without layers", "must have at least one layer");
    }
  }

  /** Fields of layers that have a default. Immutable. */
  public record LayerDefaults(
      ConvolutionDefaults convolution,
      LayerSpec.MaxPool maxPool,
      LayerSpec.AveragePool averagePool,
      DenseDefaults dense) {}

  /** Fields of a convolution that have a default: all but the filters. Immutable. */
  public record ConvolutionDefaults(int kernel, int stride, int padding, boolean bias) {
    public ConvolutionDefaults {
      requireAtLeast("network.defaults.convolution.kernel", kernel, 1);
      requireAtLeast("network.defaults.convolution.stride", stride, 1);
      requireAtLeast("network.defaults.convolution.padding", padding, 0);
    }
  }

  /** Fields of a dense layer that have a default: all but the units. Immutable. */
  public record DenseDefaults(boolean bias) {}
}
