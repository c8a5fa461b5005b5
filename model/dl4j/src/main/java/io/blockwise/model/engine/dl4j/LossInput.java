package io.blockwise.model.engine.dl4j;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a loss sees of a batch at its block. Used by one thread. */
final class LossInput {
  private final INDArray output;
  private final Optional<INDArray> target;
  private final int[] labels;
  private final float[] weights;

  /**
   * @param labels one per row
   * @param weights what each row counts in cross-entropies; none if all count the same
   */
  LossInput(INDArray output, Optional<INDArray> target, int[] labels, float... weights) {
    this.output = output;
    this.target = target;
    this.labels = labels;
    this.weights = weights;
  }

  /** What a loss sees of a signal of which the block's layers have made this output. */
  static LossInput of(INDArray output, NativeSignal in) {
    return new LossInput(output, in.target(), in.labels(), in.weights());
  }

  /** What an exit sees that reads something else of the same rows. */
  LossInput reading(INDArray read) {
    return new LossInput(read, Optional.empty(), labels, weights);
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

  /** One per row, or none; not to be changed. */
  float[] weights() {
    return weights;
  }
}
