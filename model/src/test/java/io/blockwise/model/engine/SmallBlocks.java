package io.blockwise.model.engine;

import io.blockwise.model.spec.BlockSpec;
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

  private static final OptimiserSpec ADAM =
      new OptimiserSpec.Adam(0.01, 0.9, 0.999, 1e-8, 0, 0, new ScheduleSpec.Constant());

  private SmallBlocks() {}

  /** Convolution, batch norm, ReLU and pooling under a contrastive loss, with Adam. */
  public static BlockSpec contrastive(int filters) {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.MLP, Features.POOLED, 6, 6);
    return new BlockSpec(
        layers(filters),
        new LossSpec.Scpl(0.1, LossSpec.Divisor.KHOSLA, head),
        new ExitSpec(Features.POOLED),
        ADAM);
  }

  /** The same layers under cross-entropy, with another optimiser. */
  public static BlockSpec with(OptimiserSpec optimiser) {
    return new BlockSpec(
        layers(4), new LossSpec.CrossEntropy(), new ExitSpec(Features.POOLED), optimiser);
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

  private static List<LayerSpec> layers(int filters) {
    return List.of(
        new LayerSpec.Convolution(filters, 3, 1, 1, false),
        new LayerSpec.BatchNorm(),
        new LayerSpec.Relu(),
        new LayerSpec.MaxPool(2, 2));
  }
}
