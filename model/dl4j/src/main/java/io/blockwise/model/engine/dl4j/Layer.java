package io.blockwise.model.engine.dl4j;

import io.blockwise.model.spec.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One differentiable step inside a block. Maps are {@code [rows, height, width, channels]}, vectors
 * {@code [rows, units]}.
 *
 * <p>What a layer returns stays valid until it runs again. A layer may overwrite what it reads if
 * it was built to, and always may overwrite the gradient it is given. Used by one thread.
 */
interface Layer {
  /** Shape of one example after the layer. */
  Shape output();

  /** Output in training mode; keeps what {@link #backward} needs. */
  INDArray train(INDArray x);

  /** Output in inference mode. */
  INDArray infer(INDArray x);

  /**
   * Writes the gradients of the layer's parameters and returns that of its input.
   *
   * @param dy gradient of the output of the last {@link #train}
   */
  INDArray backward(INDArray dy);

  /** Whether it has parameters; whoever says no is left out where only their gradients matter. */
  default boolean trains() {
    return true;
  }

  /**
   * Writes the gradients of the layer's parameters only, for a layer whose input is detached.
   *
   * @param dy as for {@link #backward}
   */
  default void backwardInside(INDArray dy) {
    backward(dy);
  }

  /** Called once after a step that was taken, never after one that was skipped. */
  default void stepTaken() {}
}
