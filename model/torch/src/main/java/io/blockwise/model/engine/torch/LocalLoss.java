package io.blockwise.model.engine.torch;

import io.blockwise.base.Names;
import io.blockwise.model.spec.LossSpec;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/** A block's local objective with its head and its exit. */
interface LocalLoss {
  /**
   * The loss of a specification.
   *
   * @param modules the block's, by name, with their outputs in float32
   */
  static LocalLoss of(LossSpec spec, Function<String, Layer> modules) {
    if (spec instanceof LossSpec.CrossEntropy) {
      return new CrossEntropyLoss(modules.apply("exit"));
    }
    if (spec instanceof LossSpec.Scpl scpl) {
      return new ContrastiveLoss(modules.apply("head"), modules.apply("exit"), scpl);
    }
    if (spec instanceof LossSpec.PredSim predSim) {
      return new PredSimLoss(modules.apply("head"), modules.apply("exit"), predSim.beta());
    }
    throw new IllegalArgumentException(
        "Cannot train by loss "
            + Names.of(spec.getClass())
            + ": engine torch does not know it (choose another loss)");
  }

  /** Names of the terms, in the order of {@link Outcome#terms}. */
  List<String> terms();

  /**
   * The loss of a block's output.
   *
   * @param classes class ids {@code [rows]}
   */
  Outcome evaluate(Tensor output, Tensor classes, Pass pass);

  /** The exit's class scores {@code [rows, classes]}. */
  Tensor scores(Tensor output, Pass pass);

  /**
   * What a batch gave, still on the device.
   *
   * @param terms scalars whose sum is the objective
   * @param scores of the exit
   */
  record Outcome(List<Tensor> terms, Tensor scores) {}
}
