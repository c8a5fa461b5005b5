package io.blockwise.model.engine.torch;

import org.bytedeco.pytorch.Tensor;

/**
 * A differentiable step inside a block; autograd knows the way back. Maps are {@code [rows,
 * channels, height, width]}, stored channels last. May overwrite what it reads if it was built to.
 */
@FunctionalInterface
interface Layer {
  Tensor forward(Tensor x, Pass pass);
}
