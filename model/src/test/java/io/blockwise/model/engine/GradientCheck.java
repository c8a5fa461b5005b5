package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Compares a block's gradient with central differences of its loss, in random directions through
 * each of its tensors. With plain descent at rate 1 the gradient is what a step takes away.
 */
final class GradientCheck {
  private static final int ROWS = 12;

  /** One of them has to agree: a long one may cross a kink, a short one drowns in rounding. */
  private static final double[] STEPS = {8e-3, 2e-3, 5e-4, 1.25e-4};

  private GradientCheck() {}

  /** Every layer, head, feature and loss at least once. */
  static List<BlockSpec> blocks() {
    LayerSpec convolution = new LayerSpec.Convolution(4, 3, 2, 1, true);
    LayerSpec batchNorm = new LayerSpec.BatchNorm();
    LayerSpec relu = new LayerSpec.Relu();
    LayerSpec dense = new LayerSpec.Dense(5, true);
    LayerSpec flatten = new LayerSpec.Flatten();
    List<LayerSpec> map = List.of(convolution, batchNorm, relu, new LayerSpec.AveragePool(2, 2));
    List<LayerSpec> pooled = List.of(convolution, new LayerSpec.MaxPool(2, 1));
    List<LayerSpec> vector =
        List.of(flatten, new LayerSpec.Dense(6, false), batchNorm, relu, dense, relu);
    List<LayerSpec> normFirst = List.of(batchNorm, convolution, relu, batchNorm);
    List<BlockSpec> blocks = new ArrayList<>();
    for (Features features : Features.values()) {
      blocks.add(block(map, new LossSpec.CrossEntropy(), features));
      blocks.add(block(normFirst, new LossSpec.CrossEntropy(), features));
      for (HeadSpec.Kind kind : HeadSpec.Kind.values()) {
        blocks.add(block(pooled, contrastive(kind, features, LossSpec.Divisor.KHOSLA), features));
      }
    }
    blocks.add(block(vector, new LossSpec.CrossEntropy(), Features.POOLED));
    blocks.add(
        block(
            vector,
            contrastive(HeadSpec.Kind.MLP, Features.FLAT, LossSpec.Divisor.AUTHORS),
            Features.FLAT));
    return blocks;
  }

  private static LossSpec contrastive(
      HeadSpec.Kind kind, Features features, LossSpec.Divisor divisor) {
    return new LossSpec.Scpl(0.5, divisor, new HeadSpec(kind, features, 7, 6));
  }

  private static BlockSpec block(List<LayerSpec> layers, LossSpec loss, Features exit) {
    OptimiserSpec descent = new OptimiserSpec.Sgd(1, 0, 0, 0, new ScheduleSpec.Constant());
    return new BlockSpec(layers, loss, new ExitSpec(exit), descent);
  }

  static void run(Engine engine, BlockSpec spec) {
    Block block = engine.block(spec, SmallBlocks.INPUT, 3, new SplittableRandom(5));
    try (block;
        Signal in = engine.signal(SmallBlocks.batch(ROWS, 3))) {
      float[] start = States.read(block, StateKind.PARAMETERS);
      block.train(in, 1).output().close();
      float[] moved = States.read(block, StateKind.PARAMETERS);
      for (TensorTable.Entry tensor : block.parameters().entries()) {
        check(block, in, start, moved, tensor);
      }
    }
  }

  private static void check(
      Block block, Signal in, float[] start, float[] moved, TensorTable.Entry tensor) {
    SplittableRandom random = new SplittableRandom(tensor.offset());
    double[] direction = random.doubles(tensor.length(), -1, 1).toArray();
    double slope = 0;
    double scale = 0;
    for (int i = 0; i < direction.length; i++) {
      double gradient = start[tensor.offset() + i] - moved[tensor.offset() + i];
      slope += gradient * direction[i];
      scale += gradient * gradient;
    }
    double apart = Double.POSITIVE_INFINITY;
    for (double step : STEPS) {
      double ahead = loss(block, in, start, tensor, direction, step);
      double behind = loss(block, in, start, tensor, direction, -step);
      apart = Math.min(apart, Math.abs(slope - (ahead - behind) / (2 * step)));
    }
    double tolerance = 0.02 * Math.sqrt(scale) + 2e-3;
    assertThat(apart)
        .as("%s of %s: gradient %s", tensor, block.spec(), slope)
        .isLessThanOrEqualTo(tolerance);
  }

  /** The term that the tensor is trained by: the exit of a contrastive block has its own. */
  private static double loss(
      Block block,
      Signal in,
      float[] start,
      TensorTable.Entry tensor,
      double[] direction,
      double step) {
    float[] point = start.clone();
    for (int i = 0; i < direction.length; i++) {
      point[tensor.offset() + i] += (float) (step * direction[i]);
    }
    block.adopt(StateKind.PARAMETERS, point);
    StepResult result = block.train(in, 0);
    result.output().close();
    boolean exit = tensor.name().startsWith("exit.");
    int term = exit ? result.losses().size() - 1 : 0;
    return result.losses().get(term).value();
  }
}
