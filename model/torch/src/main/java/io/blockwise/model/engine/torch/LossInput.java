package io.blockwise.model.engine.torch;

import io.blockwise.model.spec.ExitSpec;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * What a loss sees of a batch at its block.
 *
 * @param output of the block's layers, through which gradients flow
 * @param target that the block before hands on, detached, if its loss makes one
 * @param labels of its rows, and what these count
 * @param pass through the head and the exit
 * @param exit whose labels may be smoothed and whose rows may count by their class
 */
record LossInput(Tensor output, Optional<Tensor> target, Labels labels, Pass pass, ExitSpec exit) {
  private static final long NONE = 0;
  private static final long MEAN = 1;
  private static final long IGNORED = -100; // no class

  Tensor classes() {
    return labels.classes();
  }

  /**
   * Cross-entropy of class scores {@code [rows, classes]} against the labels, a scalar in nats: the
   * mean over the rows, which may count by their own weight, by their class, or by both.
   */
  Tensor entropy(Tensor scores) {
    return exit.classWeights().isEmpty() && labels.weights().length == 0
        ? entropy(scores, MEAN)
        : entropy(scores, NONE).mul(labels.shares(exit.classWeights())).sum();
  }

  private Tensor entropy(Tensor scores, long reduction) {
    return torch.cross_entropy_loss(
        scores, classes(), new TensorOptional(), reduction, IGNORED, exit.labelSmoothing());
  }
}
