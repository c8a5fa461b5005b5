package io.blockwise.model.engine.torch;

import io.blockwise.model.spec.OptimiserSpec;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Stochastic gradient descent with PyTorch's momentum. State: the momentum, if there is one. */
final class SgdOptimiser implements Optimiser {
  private final OptimiserSpec.Sgd spec;
  private final Tensor velocity;
  private final int length;

  SgdOptimiser(OptimiserSpec.Sgd spec, int parameters, Host host) {
    this.spec = spec;
    length = spec.momentum() == 0 ? 0 : parameters;
    velocity = host.zeros(length);
  }

  @Override
  public void step(Tensor values, Tensor gradient, double learningRate) {
    Tensor direction =
        length == 0 ? gradient : velocity.mul_(new Scalar(spec.momentum())).add_(gradient);
    values.add_(direction, new Scalar(-learningRate));
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public void read(float[] into) {
    Host.read(velocity, into, 0);
  }

  @Override
  public void adopt(float[] from) {
    Host.write(from, 0, velocity);
  }

  @Override
  public void close() {
    velocity.close();
  }
}
