package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.OptimiserSpec;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Stochastic gradient descent with PyTorch's momentum. State: the momentum, if there is one. */
final class SgdOptimiser implements Optimiser {
  private final OptimiserSpec.Sgd spec;
  private final Tensor velocity;
  private final AlignedTable layout;

  SgdOptimiser(OptimiserSpec.Sgd spec, AlignedTable parameters, Host host) {
    this.spec = spec;
    layout = spec.momentum() == 0 ? new AlignedTable(new TensorTable(List.of())) : parameters;
    velocity = host.zeros(layout.length());
  }

  @Override
  public void step(Tensor values, Tensor gradient, double learningRate) {
    Tensor direction =
        spec.momentum() == 0 ? gradient : velocity.mul_(new Scalar(spec.momentum())).add_(gradient);
    values.add_(direction, new Scalar(-learningRate));
  }

  @Override
  public int length() {
    return layout.table().length();
  }

  @Override
  public void read(float[] into) {
    layout.read(velocity, into, 0);
  }

  @Override
  public void adopt(float[] from) {
    layout.write(from, 0, velocity);
  }

  @Override
  public void close() {
    velocity.close();
  }
}
