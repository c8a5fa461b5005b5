package io.blockwise.model.engine.torch;

import static io.blockwise.model.engine.torch.NamedOperation.list;

import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.OptimiserSpec;
import java.util.List;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;

/**
 * Stochastic gradient descent with PyTorch's momentum, in its one fused operation. State: the
 * momentum, if there is one.
 */
final class SgdOptimiser implements Optimiser {
  private final OptimiserSpec.Sgd spec;
  private final NamedOperation descent = new NamedOperation("aten::_fused_sgd_");
  private final Tensor velocity;
  private final AlignedTable layout;

  SgdOptimiser(OptimiserSpec.Sgd spec, AlignedTable parameters, Host host) {
    this.spec = spec;
    layout = spec.momentum() == 0 ? new AlignedTable(new TensorTable(List.of())) : parameters;
    velocity = host.zeros(layout.length());
  }

  @Override
  public void step(Tensor values, Tensor gradient, Pace pace, Guard guard) {
    IValue no = new IValue(false);
    descent.call(
        list(values),
        list(gradient),
        spec.momentum() == 0 ? list() : list(velocity),
        new IValue(spec.weightDecay()),
        new IValue(spec.momentum()),
        new IValue(pace.rate()),
        new IValue(0.0), // dampening
        no, // Nesterov's form
        no, // maximise
        no, // first step: a momentum of zeros does as well
        guard.divisor().map(IValue::new).orElseGet(IValue::new),
        new IValue(guard.skip()));
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
