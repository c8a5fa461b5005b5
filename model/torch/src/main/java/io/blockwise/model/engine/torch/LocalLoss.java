package io.blockwise.model.engine.torch;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A block's local objective with its head and its exit. */
interface LocalLoss {
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
