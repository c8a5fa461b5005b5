package io.blockwise.model.spec;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requirePositive;
import static io.blockwise.base.Checks.requireWithin;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * One layer: what to compute, not how. Parameters follow PyTorch's definitions of the layers of the
 * same names. Immutable.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface LayerSpec extends Serializable
    permits LayerSpec.Convolution,
        LayerSpec.BatchNorm,
        LayerSpec.Relu,
        LayerSpec.Tanh,
        LayerSpec.Sigmoid,
        LayerSpec.Elu,
        LayerSpec.LeakyRelu,
        LayerSpec.MaxPool,
        LayerSpec.AveragePool,
        LayerSpec.AdaptiveAveragePool,
        LayerSpec.GlobalAveragePool,
        LayerSpec.Flatten,
        LayerSpec.Dense,
        LayerSpec.Residual,
        TextLayers.Embedding,
        TextLayers.Positions,
        TextLayers.Lstm,
        TextLayers.Attention,
        TextLayers.LayerNorm,
        TextLayers.Dropout,
        TextLayers.TokenMean,
        TextLayers.FinalStates {

  /**
   * Shape of one example after the layer.
   *
   * @throws IllegalArgumentException if the layer cannot read {@code in}
   */
  Shape output(Shape in);

  /**
   * What the layer keeps from batch to batch, in this order in tables and files; a layer that says
   * nothing keeps nothing.
   *
   * @param in shape of one example that it reads
   */
  default List<TensorSpec> tensors(Shape in) {
    return List.of();
  }

  /**
   * Two-dimensional convolution with a square window.
   *
   * <p>Always true: {@code filters}, {@code kernel}, {@code stride >= 1}, {@code padding >= 0}.
   *
   * @param filters output channels
   * @param kernel side of the window in pixels
   * @param stride pixels between windows
   * @param padding zero pixels on every side
   * @param bias whether a bias per filter is added (pointless before a batch norm)
   */
  record Convolution(int filters, int kernel, int stride, int padding, boolean bias)
      implements LayerSpec {
    public Convolution {
      requireAtLeast("convolution.filters", filters, 1);
      requireAtLeast("convolution.kernel", kernel, 1);
      requireAtLeast("convolution.stride", stride, 1);
      requireAtLeast("convolution.padding", padding, 0);
    }

    @Override
    public Shape.FeatureMap output(Shape in) {
      return windows("convolution", in, filters, kernel, stride, padding);
    }

    @Override
    public List<TensorSpec> tensors(Shape in) {
      int fanIn = in.channels() * kernel * kernel;
      TensorSpec weight =
          TensorSpec.uniform("weight", fanIn, filters, in.channels(), kernel, kernel);
      return bias ? List.of(weight, TensorSpec.uniform("bias", fanIn, filters)) : List.of(weight);
    }
  }

  /** Batch normalisation per channel (or unit) with learned scale and shift. */
  record BatchNorm() implements LayerSpec {
    /** Added to a variance under the root. */
    public static final double EPSILON = 1e-5;

    @Override
    public Shape output(Shape in) {
      if (in instanceof Shape.Sequence) {
        throw invalid("batch-norm input", in, "must be no sequence: use layer-norm");
      }
      return in;
    }

    @Override
    public List<TensorSpec> tensors(Shape in) {
      return List.of(
          TensorSpec.constant("weight", TensorSpec.Kind.PARAMETER, 1, in.channels()),
          TensorSpec.constant("bias", TensorSpec.Kind.PARAMETER, 0, in.channels()),
          TensorSpec.constant("running_mean", TensorSpec.Kind.STATISTIC, 0, in.channels()),
          TensorSpec.constant("running_var", TensorSpec.Kind.STATISTIC, 1, in.channels()));
    }
  }

  /** {@code max(0, x)}. */
  record Relu() implements LayerSpec {
    @Override
    public Shape output(Shape in) {
      return in;
    }
  }

  /** {@code tanh(x)}. */
  record Tanh() implements LayerSpec {
    @Override
    public Shape output(Shape in) {
      return in;
    }
  }

  /** {@code 1 / (1 + exp(-x))}. */
  record Sigmoid() implements LayerSpec {
    @Override
    public Shape output(Shape in) {
      return in;
    }
  }

  /**
   * {@code x} above 0, else {@code alpha (exp(x) - 1)}.
   *
   * @param alpha what it falls to below 0, above 0
   */
  record Elu(double alpha) implements LayerSpec {
    public Elu {
      requirePositive("elu.alpha", alpha);
    }

    @Override
    public Shape output(Shape in) {
      return in;
    }
  }

  /**
   * {@code x} above 0, else {@code slope x}.
   *
   * @param slope below 0, from 0 to 1
   */
  record LeakyRelu(double slope) implements LayerSpec {
    public LeakyRelu {
      requireWithin("leaky-relu.slope", slope, 0, 1);
    }

    @Override
    public Shape output(Shape in) {
      return in;
    }
  }

  /** Maximum over square windows, without padding. */
  record MaxPool(int kernel, int stride) implements LayerSpec {
    public MaxPool {
      requireAtLeast("max-pool.kernel", kernel, 1);
      requireAtLeast("max-pool.stride", stride, 1);
    }

    @Override
    public Shape.FeatureMap output(Shape in) {
      return windows("max-pool", in, in.channels(), kernel, stride, 0);
    }
  }

  /** Mean over square windows, without padding. */
  record AveragePool(int kernel, int stride) implements LayerSpec {
    public AveragePool {
      requireAtLeast("average-pool.kernel", kernel, 1);
      requireAtLeast("average-pool.stride", stride, 1);
    }

    @Override
    public Shape.FeatureMap output(Shape in) {
      return windows("average-pool", in, in.channels(), kernel, stride, 0);
    }
  }

  /**
   * Mean over windows that cover a map evenly, {@code side} in each direction, or as many as there
   * are pixels where those are fewer. Of {@code n} windows over a length the i-th, from 0, covers
   * the pixels from {@code floor(i length / n)} up to, without, {@code ceil((i + 1) length / n)}:
   * so neighbours overlap unless n divides the length (PyTorch's adaptive_avg_pool2d).
   *
   * @param side windows in each direction at most, at least 1
   */
  record AdaptiveAveragePool(int side) implements LayerSpec {
    public AdaptiveAveragePool {
      requireAtLeast("adaptive-average-pool.side", side, 1);
    }

    @Override
    public Shape.FeatureMap output(Shape in) {
      Shape.FeatureMap map = in.requireMap("adaptive-average-pool");
      return Shape.map(map.channels(), Math.min(side, map.height()), Math.min(side, map.width()));
    }
  }

  /** Mean over all positions of a map, one value per channel. */
  record GlobalAveragePool() implements LayerSpec {
    @Override
    public Shape output(Shape in) {
      return Shape.vector(in.requireMap("global-average-pool").channels());
    }
  }

  /** A map read as a vector, channel by channel (PyTorch's order); a vector stays as it is. */
  record Flatten() implements LayerSpec {
    @Override
    public Shape output(Shape in) {
      return in instanceof Shape.Vector ? in : Shape.vector(in.requireMap("flatten").elements());
    }
  }

  /**
   * Fully connected layer on a vector, or on every position of a sequence.
   *
   * @param units outputs, at least 1
   * @param bias whether a bias per unit is added
   */
  record Dense(int units, boolean bias) implements LayerSpec {
    public Dense {
      requireAtLeast("dense.units", units, 1);
    }

    @Override
    public Shape output(Shape in) {
      if (in instanceof Shape.Vector) {
        return Shape.vector(units);
      }
      if (in instanceof Shape.Sequence sequence) {
        return Shape.sequence(sequence.positions(), units);
      }
      throw invalid("dense input", in, "must be a vector: put a flatten layer before dense");
    }

    @Override
    public List<TensorSpec> tensors(Shape in) {
      TensorSpec weight = TensorSpec.uniform("weight", in.channels(), units, in.channels());
      return bias
          ? List.of(weight, TensorSpec.uniform("bias", in.channels(), units))
          : List.of(weight);
    }
  }

  /**
   * Body and shortcut side by side: {@code body(x) + shortcut(x)} (He 2016). Whatever is applied to
   * the sum is a layer behind it.
   *
   * <p>Always true: at least one layer in the body.
   *
   * @param body layers one behind the other
   * @param shortcut the same; without any it hands on what it reads
   */
  record Residual(List<LayerSpec> body, List<LayerSpec> shortcut) implements LayerSpec {
    public Residual {
      body = List.copyOf(body);
      shortcut = List.copyOf(shortcut);
      requireAtLeast("residual.body", body.size(), 1);
    }

    @Override
    public Shape output(Shape in) {
      Shape sum = module("body", body, in).output();
      Shape other = module("shortcut", shortcut, in).output();
      if (!sum.equals(other)) {
        throw invalid(
            "residual",
            sum + " by its body and " + other + " by its shortcut",
            "must be one shape: give the shortcut a convolution of the body's filters and strides");
      }
      return sum;
    }

    @Override
    public List<TensorSpec> tensors(Shape in) {
      List<TensorSpec> tensors = new ArrayList<>(module("body", body, in).tensors());
      tensors.addAll(module("shortcut", shortcut, in).tensors());
      return tensors;
    }

    /**
     * The body as a module.
     *
     * @param name of the residual layer, in full; its own are {@code name.body.0} and so on
     * @throws IllegalArgumentException if a layer cannot read what comes to it
     */
    public ModuleSpec body(String name, Shape in) {
      return module(name + ".body", body, in);
    }

    /** The shortcut, in the same way: {@code name.shortcut.0} and so on. */
    public ModuleSpec shortcut(String name, Shape in) {
      return module(name + ".shortcut", shortcut, in);
    }

    private static ModuleSpec module(String name, List<LayerSpec> layers, Shape in) {
      return ModuleSpec.of(in).then(name, layers);
    }
  }

  /** The map that a square window gives at all places where it fits. */
  private static Shape.FeatureMap windows(
      String layer, Shape in, int channels, int kernel, int stride, int padding) {
    Shape.FeatureMap map = in.requireMap(layer);
    int smaller = Math.min(map.height(), map.width()) + 2 * padding;
    if (smaller < kernel) {
      throw invalid(layer + " input", in, "is smaller than the window of " + kernel);
    }
    return Shape.map(
        channels,
        (map.height() + 2 * padding - kernel) / stride + 1,
        (map.width() + 2 * padding - kernel) / stride + 1);
  }
}
