package io.blockwise.model.engine.torch;

import org.bytedeco.pytorch.Tensor;

/**
 * What a loss sees of a batch at its block. A target that the block before hands on would be one
 * more component, which only those losses read that learn one.
 *
 * @param output of the block's layers, through which gradients flow
 * @param labels of its rows
 * @param pass through the head and the exit
 */
record LossInput(Tensor output, Labels labels, Pass pass) {
  Tensor classes() {
    return labels.classes();
  }
}
