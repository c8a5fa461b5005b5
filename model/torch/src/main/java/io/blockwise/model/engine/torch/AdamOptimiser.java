package io.blockwise.model.engine.torch;

import static io.blockwise.model.engine.torch.NamedOperation.list;

import io.blockwise.model.spec.OptimiserSpec;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;

/**
 * Adam and AdamW in PyTorch's forms, each in its one fused operation. State: the number of steps,
 * first moments, second moments.
 */
final class AdamOptimiser implements Optimiser {
  private final OptimiserSpec.Adam spec;
  private final AlignedTable layout;
  private final NamedOperation adam;
  private final Tensor first;
  private final Tensor second;

  /** On the device, since the host does not know whether a step was skipped. */
  private final Tensor steps;

  AdamOptimiser(OptimiserSpec.Adam spec, AlignedTable layout, Host host) {
    this("aten::_fused_adam_", spec, layout, host);
  }

  AdamOptimiser(OptimiserSpec.AdamW spec, AlignedTable layout, Host host) {
    this("aten::_fused_adamw_", spec.coupled(), layout, host);
  }

  private AdamOptimiser(String name, OptimiserSpec.Adam spec, AlignedTable layout, Host host) {
    adam = new NamedOperation(name);
    this.spec = spec;
    this.layout = layout;
    first = host.zeros(layout.length());
    second = host.zeros(layout.length());
    steps = host.zeros(1);
  }

  @Override
  public void step(Tensor values, Tensor gradient, double learningRate, Guard guard) {
    steps.add_(guard.taken());
    IValue no = new IValue(false);
    adam.call(
        list(values),
        list(gradient),
        list(first),
        list(second),
        list(),
        list(steps),
        new IValue(learningRate),
        new IValue(spec.beta1()),
        new IValue(spec.beta2()),
        new IValue(spec.weightDecay()),
        new IValue(spec.epsilon()),
        no, // AMSGrad
        no, // maximise
        guard.divisor().map(IValue::new).orElseGet(IValue::new),
        new IValue(guard.skip()));
  }

  @Override
  public int length() {
    return 1 + 2 * layout.table().length();
  }

  @Override
  public void read(float[] into) {
    Host.read(steps, into, 0);
    layout.read(first, into, 1);
    layout.read(second, into, 1 + layout.table().length());
  }

  @Override
  public void adopt(float[] from) {
    Host.write(from, 0, steps);
    layout.write(from, 1, first);
    layout.write(from, 1 + layout.table().length(), second);
  }

  @Override
  public void close() {
    first.close();
    second.close();
    steps.close();
  }
}
