package io.blockwise.model.engine.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a loss sees of a batch at its block. A target that the block before hands on would be one
 * more part, which only those losses read that learn one. Used by one thread.
 */
final class LossInput {
  private final INDArray output;
  private final int[] labels;

  LossInput(INDArray output, int... labels) {
    this.output = output;
    this.labels = labels;
  }

  /** As the block's last layer gives it; not to be changed. */
  INDArray output() {
    return output;
  }

  /** One per row. */
  int[] labels() {
    return labels;
  }
}
