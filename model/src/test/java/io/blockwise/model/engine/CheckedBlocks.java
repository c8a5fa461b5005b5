package io.blockwise.model.engine;

import io.blockwise.model.spec.AlSpec;
import io.blockwise.model.spec.AlSpec.Bridge;
import io.blockwise.model.spec.AlSpec.Inverse;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.DeInfoRegSpec;
import io.blockwise.model.spec.DeInfoRegSpec.Exit;
import io.blockwise.model.spec.DeInfoRegSpec.Scaling;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.LossSpec.Activation;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Blocks whose gradients {@link GradientCheck} looks at: its own, and those of larger losses. */
final class CheckedBlocks {
  private CheckedBlocks() {}

  /** All of them. */
  static List<BlockSpec> all() {
    return Stream.of(
            GradientCheck.blocks(),
            GradientCheck.activationBlocks(),
            GradientCheck.residualBlocks(),
            GradientCheck.similarityBlocks(),
            associated(),
            regularised())
        .flatMap(List::stream)
        .toList();
  }

  /** Associated learning; each may also stand behind itself. */
  static List<BlockSpec> associated() {
    List<BlockSpec> blocks = new ArrayList<>();
    LayerSpec convolution = new LayerSpec.Convolution(4, 3, 1, 1, true);
    for (Activation activation : List.of(Activation.TANH, Activation.SIGMOID, Activation.NONE)) {
      for (Features features : readBy(activation)) {
        // sigmoids behind sigmoids leave slopes that are lost in rounding
        Activation inBridge = activation == Activation.SIGMOID ? Activation.TANH : activation;
        Bridge bridge = new Bridge(features, List.of(6), inBridge);
        blocks.add(
            block(
                convolution,
                new AlSpec(
                    bridge, 5, activation, activation, Activation.NONE, Inverse.CROSS_ENTROPY)));
        blocks.add(
            block(
                convolution,
                new AlSpec(bridge, 5, activation, activation, activation, Inverse.MSE)));
      }
    }
    return blocks;
  }

  private static List<Features> readBy(Activation activation) {
    return activation == Activation.TANH
        ? List.of(Features.values())
        : List.of(Features.POOLED, Features.FLAT);
  }

  /** DeInfoReg in every scaling with every form of exit. */
  static List<BlockSpec> regularised() {
    List<Double> weights = List.of(1.0, 3.0, 3.0);
    HeadSpec head = new HeadSpec(HeadSpec.Kind.MLP, Features.POOLED, 7, 6);
    List<BlockSpec> blocks = new ArrayList<>();
    for (Scaling scaling : Scaling.values()) {
      for (Exit exit :
          List.of(
              new Exit(Exit.Kind.MERGE, true, Activation.RELU),
              new Exit(Exit.Kind.MERGE, false, Activation.NONE),
              new Exit(Exit.Kind.UNMERGE, false, Activation.NONE))) {
        blocks.add(
            block(
                new LayerSpec.Convolution(5, 3, 2, 1, true),
                new DeInfoRegSpec(scaling, weights, 0.5, exit, head)));
      }
    }
    return blocks;
  }

  private static BlockSpec block(LayerSpec convolution, LossSpec loss) {
    List<LayerSpec> layers =
        List.of(convolution, new LayerSpec.Tanh(), new LayerSpec.AveragePool(2, 2));
    OptimiserSpec descent = new OptimiserSpec.Sgd(1, 0, 0, 0, new ScheduleSpec.Constant());
    return new BlockSpec(layers, loss, new ExitSpec(Features.POOLED), descent);
  }
}
