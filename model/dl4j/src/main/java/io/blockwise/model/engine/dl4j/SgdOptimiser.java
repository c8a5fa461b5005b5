package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Pace;
import io.blockwise.model.spec.OptimiserSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Stochastic gradient descent with PyTorch's momentum. State: the momentum, if there is one. */
final class SgdOptimiser implements Optimiser {
  private final OptimiserSpec.Sgd spec;
  private final Parameters parameters;
  private final INDArray velocity;

  SgdOptimiser(OptimiserSpec.Sgd spec, Parameters parameters) {
    this.spec = spec;
    this.parameters = parameters;
    velocity = spec.momentum() == 0 ? null : Nd4j.zeros(DataType.FLOAT, parameters.length());
  }

  @Override
  public void step(Pace pace) {
    parameters.addDecay(spec.weightDecay());
    INDArray direction = parameters.gradients();
    if (velocity != null) {
      velocity.muli(spec.momentum()).addi(direction);
      direction = velocity;
    }
    Maths.axpy(-pace.rate(), direction, parameters.values());
  }

  @Override
  public int length() {
    return velocity == null ? 0 : parameters.length();
  }

  @Override
  public void read(float[] into) {
    if (velocity != null) {
      Maths.read(velocity, into, 0);
    }
  }

  @Override
  public void adopt(float[] from) {
    if (velocity != null) {
      Maths.write(from, 0, velocity);
    }
  }

  @Override
  public void close() {
    if (velocity != null) {
      velocity.close();
    }
  }
}
