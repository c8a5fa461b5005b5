package io.blockwise.model.spec;

import static io.blockwise.base.Checks.requirePositive;
import static io.blockwise.base.Checks.requireWithin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.blockwise.base.IfAbsent;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;

/**
 * A classifier that turns a block's output into class scores: layers on the output, what reads it
 * as a vector, layers on that, and behind them one linear layer. Immutable.
 *
 * <p>Its tensors are {@code exit.ahead.I.*}, {@code exit.hidden.I.*} and {@code exit.*}.
 *
 * @param ahead layers on the block's output, before it is read; mostly none
 * @param features how what they give is read
 * @param hidden layers behind, before the linear one; mostly none
 * @param labelSmoothing share of every label that its cross-entropy spreads evenly over all
 *     classes, from 0, below 1 (Szegedy 2016, in PyTorch's form)
 * @param classWeights what a row of each class counts in its cross-entropy, whose mean over a batch
 *     is that of the weighted rows: {@code sum w_i l_i / sum w_i}; a row that has a weight of its
 *     own counts both, multiplied; above 0; empty, and not in the file, if all classes count the
 *     same
 */
public record ExitSpec(
    @IfAbsent("[]") List<LayerSpec> ahead,
    Features features,
    @IfAbsent("[]") List<LayerSpec> hidden,
    @IfAbsent("0.0") double labelSmoothing,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @IfAbsent("[]") List<Double> classWeights)
    implements Serializable {
  /** Forms that are known by name. */
  public enum Kind {
    /** One linear layer on the features. */
    LINEAR,
    /** Fully connected layers with ReLU before it. */
    MLP,
    /** The same with batch norm. */
    MLP_BN,
    /** Convolutions on the map before it is read, each 3x3 with batch norm and ReLU. */
    SMALL_CONV
  }

  public ExitSpec {
    ahead = List.copyOf(ahead);
    hidden = List.copyOf(hidden);
    requireWithin("exit.label-smoothing", labelSmoothing, 0, Math.nextDown(1.0));
    classWeights = List.copyOf(classWeights);
    classWeights.forEach(weight -> requirePositive("class weight", weight));
  }

  /** An exit of layers, whose labels are not smoothed. */
  public ExitSpec(List<LayerSpec> ahead, Features features, List<LayerSpec> hidden) {
    this(ahead, features, hidden, 0, List.of());
  }

  /** One linear layer on features. */
  public ExitSpec(Features features) {
    this(List.of(), features, List.of());
  }

  /**
   * An exit of a form.
   *
   * @param widths units or filters of its hidden layers, at least one; of no use to a linear one
   */
  public static ExitSpec of(Kind kind, Features features, List<Integer> widths) {
    return switch (kind) {
      case LINEAR -> new ExitSpec(features);
      case MLP -> new ExitSpec(List.of(), features, HiddenLayers.dense(widths));
      case MLP_BN -> new ExitSpec(List.of(), features, HiddenLayers.normalisedDense(widths));
      case SMALL_CONV -> new ExitSpec(HiddenLayers.convolutions(widths), features, List.of());
    };
  }

  /** The same with this share of labels spread over all classes. */
  public ExitSpec smoothing(double labels) {
    return new ExitSpec(ahead, features, hidden, labels, classWeights);
  }

  /**
   * The same with rows that count by their class; as ever if all count the same, since a common
   * factor is in the mean's divisor, too.
   *
   * @param classes weight of each, in the order of their numbers
   */
  public ExitSpec weighing(List<Double> classes) {
    boolean same = classes.stream().distinct().count() < 2;
    return new ExitSpec(ahead, features, hidden, labelSmoothing, same ? List.of() : classes);
  }

  /** The same behind other layers on the block's output, and behind others on the features. */
  public ExitSpec behind(List<LayerSpec> onOutput, List<LayerSpec> onFeatures) {
    return new ExitSpec(
        Stream.concat(onOutput.stream(), ahead.stream()).toList(),
        features,
        Stream.concat(onFeatures.stream(), hidden.stream()).toList(),
        labelSmoothing,
        classWeights);
  }

  /** All of it but the linear layer. */
  ModuleSpec read(Shape output) {
    ModuleSpec map = ModuleSpec.of(output).then("exit.ahead", ahead);
    return features.behind(map, "exit.features").then("exit.hidden", hidden);
  }
}
