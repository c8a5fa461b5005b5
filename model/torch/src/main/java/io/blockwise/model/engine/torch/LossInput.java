package io.blockwise.model.engine.torch;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What a loss sees of a batch at its block.
 *
 * @param output of the block's layers, through which gradients flow
 * @param target that the block before hands on, detached, if its loss makes one
 * @param labels of its rows
 * @param pass through the head and the exit
 */
record LossInput(Tensor output, Optional<Tensor> target, Labels labels, Pass pass) {
  Tensor classes() {
    return labels.classes();
  }
}
