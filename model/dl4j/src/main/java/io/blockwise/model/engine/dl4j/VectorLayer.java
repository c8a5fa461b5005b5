package io.blockwise.model.engine.dl4j;

import io.blockwise.model.spec.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Flattens what is a vector already: nothing happens.
 *
 * @param output that of the input
 */
record VectorLayer(Shape output) implements Layer {
  @Override
  public boolean trains() {
    return false;
  }

  @Override
  public INDArray train(INDArray x) {
    return x;
  }

  @Override
  public INDArray infer(INDArray x) {
    return x;
  }

  @Override
  public INDArray backward(INDArray dy) {
    return dy;
  }
}
