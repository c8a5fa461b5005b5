package io.blockwise.model.spec.assembly;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.base.Names;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LayerSpec.BatchNorm;
import io.blockwise.model.spec.LayerSpec.Convolution;
import io.blockwise.model.spec.LayerSpec.Dense;
import io.blockwise.model.spec.LayerSpec.Flatten;
import io.blockwise.model.spec.LayerSpec.MaxPool;
import io.blockwise.model.spec.LayerSpec.Relu;
import java.util.ArrayList;
import java.util.List;

/**
 * A network known by name: the layers of its blocks as the literature cuts it (methods §3), without
 * losses. Immutable.
 *
 * <p>Unless said otherwise, convolutions are 3x3 with padding 1 and no bias, each followed by batch
 * norm and ReLU; {@code pool} is the maximum over 2x2, {@code /s2} a stride of 2.
 */
public sealed interface Backbone
    permits Backbone.Mlp,
        Backbone.Cnn,
        Backbone.VggSmall,
        Backbone.Vgg8,
        Backbone.VggWide,
        Backbone.Resnet18,
        Backbone.Resnet32,
        Backbone.Resnet110,
        TextBackbone.Linear,
        TextBackbone.Lstm,
        TextBackbone.Transformer {
  /** The layers of every block, first to last. */
  List<List<LayerSpec>> blocks();

  /** What a backbone is called in configurations. */
  enum Name {
    /** Fully connected: {@link Mlp}. */
    MLP,
    /** Eight plain convolutions: {@link Cnn}. */
    CNN,
    /** Three stages of two convolutions: {@link VggSmall}. */
    VGG_SMALL,
    /** Six convolutions in four blocks: {@link Vgg8}. */
    VGG8,
    /** Ten convolutions in four blocks: {@link VggWide}. */
    VGG_WIDE,
    /** Eight wide residual units: {@link Resnet18}. */
    RESNET18,
    /** 15 narrow residual units: {@link Resnet32}. */
    RESNET32,
    /** 54 narrow residual units: {@link Resnet110}. */
    RESNET110,
    /**
     * An embedding and fully connected layers on the mean of a text: {@link TextBackbone.Linear}.
     */
    TEXT_LINEAR,
    /** An embedding and bidirectional LSTMs: {@link TextBackbone.Lstm}. */
    TEXT_LSTM,
    /** An embedding and encoder layers of a transformer: {@link TextBackbone.Transformer}. */
    TEXT_TRANSFORMER;

    /**
     * The backbone of a name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Name parse(String name) {
      return Names.parse("backbone", Name.class, name);
    }
  }

  /** What is applied to a layer's or a unit's output. */
  enum Activation {
    /** {@link LayerSpec.Relu}. */
    RELU,
    /** {@link LayerSpec.Tanh}. */
    TANH,
    /** {@link LayerSpec.Sigmoid}. */
    SIGMOID,
    /** {@link LayerSpec.Elu} with alpha 1. */
    ELU,
    /** {@link LayerSpec.LeakyRelu} with slope 0.01. */
    LEAKY_RELU;

    /** As a layer. */
    LayerSpec layer() {
      return switch (this) {
        case RELU -> new LayerSpec.Relu();
        case TANH -> new LayerSpec.Tanh();
        case SIGMOID -> new LayerSpec.Sigmoid();
        case ELU -> new LayerSpec.Elu(1);
        case LEAKY_RELU -> new LayerSpec.LeakyRelu(0.01);
      };
    }
  }

  /**
   * Fully connected layers, one hidden layer per block (Kao); the first block flattens its input
   * where that is a map.
   *
   * @param hidden units of every hidden layer, at least one layer, each at least 1
   * @param activation of every hidden layer
   * @param batchNorm whether a batch norm comes before it, which takes the place of the bias
   */
  record Mlp(List<Integer> hidden, Activation activation, boolean batchNorm) implements Backbone {
    public Mlp {
      hidden = List.copyOf(hidden);
      if (hidden.isEmpty() || hidden.stream().anyMatch(units -> units < 1)) {
        throw invalid("mlp.hidden", hidden, "must be one or more widths, each at least 1");
      }
    }

    /** With ReLU and biases. */
    public Mlp(List<Integer> hidden) {
      this(hidden, Activation.RELU, false);
    }

    @Override
    public List<List<LayerSpec>> blocks() {
      List<List<LayerSpec>> blocks = new ArrayList<>();
      for (int units : hidden) {
        List<LayerSpec> block = new ArrayList<>();
        if (blocks.isEmpty()) {
          block.add(new Flatten());
        }
        block.add(new Dense(units, !batchNorm));
        if (batchNorm) {
          block.add(new BatchNorm());
        }
        block.add(activation.layer());
        blocks.add(List.copyOf(block));
      }
      return List.copyOf(blocks);
    }
  }

  /**
   * {@code w, w | w, w/s2 | 2w, 2w | 2w, 2w/s2}, with biases and no batch norm; with {@code w = 32}
   * the CNN of Kao and others, 0.158 million convolution weights for three input channels.
   *
   * @param width filters of the first convolution ({@code w}), at least 1
   * @param activation behind every convolution
   */
  record Cnn(int width, Activation activation) implements Backbone {
    public Cnn {
      requireAtLeast("cnn.width", width, 1);
    }

    @Override
    public List<List<LayerSpec>> blocks() {
      return List.of(pair(width, 1), pair(width, 2), pair(2 * width, 1), pair(2 * width, 2));
    }

    private List<LayerSpec> pair(int filters, int lastStride) {
      LayerSpec bent = activation.layer();
      return List.of(
          new Convolution(filters, 3, 1, 1, true),
          bent,
          new Convolution(filters, 3, lastStride, 1, true),
          bent);
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

  /**
   * {@code w, w, w, 2w, pool | 2w, 4w, pool | 4w, 4w, pool | 4w, pool}; with {@code w = 128} the
   * net of Huang, 9.44 million convolution weights for three input channels.
   *
   * @param width filters of the first convolution ({@code w}), at least 1
   */
  record VggWide(int width) implements Backbone {
    public VggWide {
      requireAtLeast("vgg-wide.width", width, 1);
    }

    @Override
    public List<List<LayerSpec>> blocks() {
      return List.of(
          stage(width, width, width, 2 * width),
          stage(2 * width, 4 * width),
          stage(4 * width, 4 * width),
          stage(4 * width));
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

  /** What stands beside a residual unit that changes the size of a map. */
  enum Shortcut {
    /** A 1x1 convolution and batch norm (Peng, Huang). */
    CONV1X1(1),
    /** A 3x3 convolution and batch norm (Wang, Ho, Lin). */
    CONV3X3(3);

    private final int kernel;

    Shortcut(int kernel) {
      this.kernel = kernel;
    }

    /** Of a unit with that many filters. */
    List<LayerSpec> layers(int filters, int stride) {
      return List.of(new Convolution(filters, kernel, stride, kernel / 2, false), new BatchNorm());
    }
  }

  /**
   * {@code w and 2 units of w | 2 units of 2w/s2 | 2 of 4w/s2 | 2 of 8w/s2}: ResNet-18 for small
   * images, without a first pool; with {@code w = 64}, 11.16 million convolution weights for three
   * input channels, or 12.54 million with 3x3 shortcuts.
   *
   * @param width filters of the stem ({@code w}), at least 1
   * @param shortcut of the first unit of a stage that begins with a stride
   * @param activation within and behind units
   */
  record Resnet18(int width, Shortcut shortcut, Activation activation) implements Backbone {
    public Resnet18 {
      requireAtLeast("resnet18.width", width, 1);
    }

    @Override
    public List<List<LayerSpec>> blocks() {
      ResidualStages stages = new ResidualStages(shortcut, activation.layer());
      List<LayerSpec> first = new ArrayList<>(stages.stem(width));
      first.addAll(stages.stage(2, width, 1));
      return List.of(
          List.copyOf(first),
          stages.stage(2, 2 * width, 2),
          stages.stage(2, 4 * width, 2),
          stages.stage(2, 8 * width, 2));
    }
  }

  /**
   * {@code w | 5 units of w | 5 of 2w/s2 | 5 of 4w/s2}: ResNet-32 of He 2016, with 1x1 convolutions
   * and ReLU (Kao: {@code w = 16}).
   *
   * @param width filters of the stem ({@code w}), at least 1
   */
  record Resnet32(int width) implements Backbone {
    public Resnet32 {
      requireAtLeast("resnet32.width", width, 1);
    }

    @Override
    public List<List<LayerSpec>> blocks() {
      return ResidualStages.ofThree(5, width);
    }
  }

  /**
   * {@code w | 18 units of w | 18 of 2w/s2 | 18 of 4w/s2}: as {@link Resnet32}, deeper.
   *
   * @param width filters of the stem ({@code w}), at least 1
   */
  record Resnet110(int width) implements Backbone {
    public Resnet110 {
      requireAtLeast("resnet110.width", width, 1);
    }

    @Override
    public List<List<LayerSpec>> blocks() {
      return ResidualStages.ofThree(18, width);
    }
  }
}
