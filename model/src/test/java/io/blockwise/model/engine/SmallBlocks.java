package io.blockwise.model.engine;

import io.blockwise.model.spec.AlSpec;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import java.util.List;
import java.util.SplittableRandom;

/** Small blocks and batches for tests. */
public final class SmallBlocks {
  /** Shape that the blocks read. */
  public static final Shape INPUT = Shape.map(3, 8, 8);

  /** The same before a first block. */
  public static final Border BORDER = Border.of(INPUT);

  private static final OptimiserSpec ADAM =
      new OptimiserSpec.Adam(0.01, 0.9, 0.999, 1e-8, 0, 0, new ScheduleSpec.Constant());

  private SmallBlocks() {}

  /** Convolution, batch norm, ReLU and pooling under a contrastive loss, with Adam. */
  public static BlockSpec contrastive(int filters) {
    return contrastive(filters, HeadSpec.Kind.MLP);
  }

  /** The same with another head. */
  public static BlockSpec contrastive(int filters, HeadSpec.Kind kind) {
    HeadSpec head = new HeadSpec(kind, Features.POOLED, 6, 6);
    return new BlockSpec(
        layers(filters),
        new LossSpec.Scpl(0.1, LossSpec.Divisor.KHOSLA, head),
        new ExitSpec(Features.POOLED),
        ADAM);
  }

  /** The same layers under associated learning. */
  public static BlockSpec associated(int filters) {
    AlSpec loss =
        new AlSpec(
            new AlSpec.Bridge(Features.POOLED, List.of(), LossSpec.Activation.TANH),
            6,
            LossSpec.Activation.TANH,
            LossSpec.Activation.TANH,
            LossSpec.Activation.NONE,
            AlSpec.Inverse.CROSS_ENTROPY);
    return new BlockSpec(layers(filters), loss, new ExitSpec(Features.POOLED), ADAM);
  }

  /** The same layers under cross-entropy, with another optimiser. */
  public static BlockSpec with(OptimiserSpec optimiser) {
    return with(4, optimiser);
  }

  /** The same with so many filters. */
  public static BlockSpec with(int filters, OptimiserSpec optimiser) {
    return new BlockSpec(
        layers(filters), new LossSpec.CrossEntropy(), new ExitSpec(Features.POOLED), optimiser);
  }

  /** Layers whose tensors would start at odd places if they lay one behind the other. */
  public static List<List<LayerSpec>> oddLayers() {
    LayerSpec batchNorm = new LayerSpec.BatchNorm();
    LayerSpec relu = new LayerSpec.Relu();
    LayerSpec pool = new LayerSpec.MaxPool(2, 2);
    return List.of(
        List.of(convolution(6), batchNorm, relu, convolution(8), batchNorm, relu, pool),
        List.of(convolution(5), batchNorm, relu, convolution(8), batchNorm, relu, pool),
        List.of(batchNorm, new LayerSpec.Convolution(4, 3, 2, 1, true), relu, batchNorm),
        List.of(
            convolution(5),
            new LayerSpec.Residual(
                List.of(convolution(7), batchNorm),
                List.of(new LayerSpec.Convolution(7, 1, 1, 0, false))),
            relu),
        List.of(pool, new LayerSpec.Flatten(), new LayerSpec.Dense(7, true), batchNorm, relu));
  }

  /** Layers under cross-entropy, with Adam that decays, and a gradient that is always clipped. */
  public static BlockSpec clipped(List<LayerSpec> layers) {
    OptimiserSpec adam =
        new OptimiserSpec.Adam(0.01, 0.9, 0.999, 1e-8, 1e-3, 0.05, new ScheduleSpec.Constant());
    return new BlockSpec(layers, new LossSpec.CrossEntropy(), new ExitSpec(Features.POOLED), adam);
  }

  /** A whole step, whose output nobody reads. */
  public static StepResult train(Block block, Signal in, double learningRate) {
    Step step = block.train(in, learningRate);
    step.output().close();
    return step.result();
  }

  /** Random images of three classes. */
  public static Batch batch(int rows, long seed) {
    Batch batch = new Batch(INPUT, rows);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < rows * INPUT.elements(); i++) {
      batch.inputs()[i] = (float) random.nextDouble(-1, 1);
    }
    for (int row = 0; row < rows; row++) {
      batch.labels()[row] = row % 3;
    }
    batch.rows(rows);
    return batch;
  }

  /** The same with these weights, over and over. */
  public static Batch weighted(Batch batch, float... weights) {
    batch.weighted(true);
    for (int row = 0; row < batch.rows(); row++) {
      batch.weight(row, weights[row % weights.length]);
    }
    return batch;
  }

  private static LayerSpec convolution(int filters) {
    return new LayerSpec.Convolution(filters, 3, 1, 1, false);
  }

  private static List<LayerSpec> layers(int filters) {
    return List.of(
        convolution(filters),
        new LayerSpec.BatchNorm(),
        new LayerSpec.Relu(),
        new LayerSpec.MaxPool(2, 2));
  }
}
