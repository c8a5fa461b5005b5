package io.blockwise.model.spec;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.base.Names;
import io.blockwise.model.spec.LayerSpec.BatchNorm;
import io.blockwise.model.spec.LayerSpec.Convolution;
import io.blockwise.model.spec.LayerSpec.Dense;
import io.blockwise.model.spec.LayerSpec.Flatten;
import io.blockwise.model.spec.LayerSpec.MaxPool;
import io.blockwise.model.spec.LayerSpec.Relu;
import java.util.ArrayList;
import java.util.List;

/**
 * A network known by name: the layers of its blocks, without losses. Immutable.
 *
 * <p>Convolutions are 3x3 with padding 1 and no bias, each followed by batch norm and ReLU; pooling
 * is the maximum over 2x2.
 */
public sealed interface Backbone {
  /** The layers of every block, first to last. */
  List<List<LayerSpec>> blocks();

  /** What a backbone is called in configurations. */
  enum Name {
    /** Fully connected: {@link Mlp}. */
    MLP,
    /** Three stages of two convolutions: {@link VggSmall}. */
    VGG_SMALL,
    /** Six convolutions in four blocks: {@link Vgg8}. */
    VGG8;

    /**
     * The backbone of a name.
     *
     * @throws IllegalArgumentException if there is none, or only in a later version
     */
    public static Name parse(String name) {
      return Names.parse(
          "backbone", Name.class, name, "cnn", "vgg-wide", "resnet18", "lstm", "transformer");
    }
  }

  /**
   * Fully connected layers with bias and ReLU, one hidden layer per block (Kao); the first block
   * flattens its input.
   *
   * @param hidden units of every hidden layer, at least one layer, each at least 1
   */
  record Mlp(List<Integer> hidden) implements Backbone {
    public Mlp {
      hidden = List.copyOf(hidden);
      if (hidden.isEmpty() || hidden.stream().anyMatch(units -> units < 1)) {
        throw invalid("mlp.hidden", hidden, "must be one or more widths, each at least 1");
      }
    }

    @Override
    public List<List<LayerSpec>> blocks() {
      List<List<LayerSpec>> blocks = new ArrayList<>();
      for (int units : hidden) {
        List<LayerSpec> block = new ArrayList<>();
        if (blocks.isEmpty()) {
          block.add(new Flatten());
        }
        block.add(new Dense(units, true));
        block.add(new Relu());
        blocks.add(List.copyOf(block));
      }
      return List.copyOf(blocks);
    }
  }

  /**
   * {@code w, w, pool | 2w, 2w, pool | 4w, 4w, pool}: one block per stage.
   *
   * @param width filters of the first stage ({@code w}), at least 1
   */
  record VggSmall(int width) implements Backbone {
    public VggSmall {
      requireAtLeast("vgg-small.width", width, 1);
    }

    @Override
    public List<List<LayerSpec>> blocks() {
      return List.of(stage(width, width), stage(2 * width, 2 * width), stage(4 * width, 4 * width));
    }
  }

  /**
   * {@code w, 2w, pool | 2w, 4w, pool | 4w, pool | 4w, pool}; with {@code w = 128} the VGG8 of Wang
   * and others, 6.79 million convolution weights for three input channels.
   *
   * @param width filters of the first convolution ({@code w}), at least 1
   */
  record Vgg8(int width) implements Backbone {
    public Vgg8 {
      requireAtLeast("vgg8.width", width, 1);
    }

    @Override
    public List<List<LayerSpec>> blocks() {
      return List.of(
          stage(width, 2 * width), stage(2 * width, 4 * width), stage(4 * width), stage(4 * width));
    }
  }

  private static List<LayerSpec> stage(int... filters) {
    List<LayerSpec> layers = new ArrayList<>();
    for (int count : filters) {
      layers.add(new Convolution(count, 3, 1, 1, false));
      layers.add(new BatchNorm());
      layers.add(new Relu());
    }
    layers.add(new MaxPool(2, 2));
    return List.copyOf(layers);
  }
}
