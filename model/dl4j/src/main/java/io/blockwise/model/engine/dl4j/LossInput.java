package io.blockwise.model.engine.dl4j;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a loss sees of a batch at its block. Used by one thread. */
final class LossInput {
  private final INDArray output;
  private final Optional<INDArray> target;
  private final int[] labels;

  LossInput(INDArray output, Optional<INDArray> target, int... labels) {
    this.output = output;
    this.target = target;
    this.labels = labels;
  }

  /** As the block's last layer gives it; not to be changed. */
  INDArray output() {
    return output;
  }

  /** What the block before hands on, if its loss makes one; not to be changed. */
  Optional<INDArray> target() {
    return target;
  }

  /** One per row. */
  int[] labels() {
    return labels;
  }
}
