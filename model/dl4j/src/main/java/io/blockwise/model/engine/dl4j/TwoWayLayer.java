package io.blockwise.model.engine.dl4j;

import io.blockwise.model.spec.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer that computes one thing in training and another in inference, of the same parameters.
 *
 * @param inTraining whose way back it is
 */
record TwoWayLayer(Layer inTraining, Layer inInference) implements Layer {
  @Override
  public Shape output() {
    return inTraining.output();
  }

  @Override
  public boolean trains() {
    return inTraining.trains();
  }

  @Override
  public INDArray train(INDArray x) {
    return inTraining.train(x);
  }

  @Override
  public INDArray infer(INDArray x) {
    return inInference.infer(x);
  }

  @Override
  public INDArray backward(INDArray dy) {
    return inTraining.backward(dy);
  }
}
