package io.blockwise.model.engine.torch;

import static io.blockwise.model.engine.torch.NamedOperation.list;

import io.blockwise.model.engine.Pace;
import io.blockwise.model.spec.OptimiserSpec;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Adam and AdamW in PyTorch's forms, each in its one fused operation. Where steps are averaged over
 * workers, that operation keeps the moments, and what is divided by has the noise of the mean, as
 * {@link io.blockwise.model.spec.NoiseScale} says. State: the number of steps, first moments,
 * second moments.
 */
final class AdamOptimiser implements Optimiser {
  private static final Scalar ONE = new Scalar(1);

  private final OptimiserSpec.Adam spec;
  private final boolean decoupled;
  private final AlignedTable layout;
  private final NamedOperation adam;
  private final Tensor first;
  private final Tensor second;

  /** On the device, since the host does not know whether a step was skipped. */
  private final Tensor steps;

  AdamOptimiser(OptimiserSpec.Adam spec, AlignedTable layout, Host host) {
    this("aten::_fused_adam_", spec, false, layout, host);
  }

  AdamOptimiser(OptimiserSpec.AdamW spec, AlignedTable layout, Host host) {
    this("aten::_fused_adamw_", spec.coupled(), true, layout, host);
  }

  private AdamOptimiser(
      String name, OptimiserSpec.Adam spec, boolean decoupled, AlignedTable layout, Host host) {
    adam = new NamedOperation(name);
    this.spec = spec;
    this.decoupled = decoupled;
    this.layout = layout;
    first = host.zeros(layout.length());
    second = host.zeros(layout.length());
    steps = host.zeros(1);
  }

  @Override
  public void step(Tensor values, Tensor gradient, Pace pace, Guard guard) {
    if (pace.noise() == 1) {
      fused(values, gradient, pace.rate(), guard);
    } else {
      fused(values, gradient, 0, guard);
      stepOfMean(values, pace, guard.taken());
    }
  }

  private void fused(Tensor values, Tensor gradient, double learningRate, Guard guard) {
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

  private void stepOfMean(Tensor values, Pace pace, Tensor taken) {
    if (decoupled && spec.weightDecay() > 0) {
      values.sub_(values.mul(taken), new Scalar(pace.rate() * spec.weightDecay()));
    }
    Tensor count = steps.clamp_min(ONE); // the first step may be one that is skipped
    Tensor mean = first.div(unbiased(spec.beta1(), count));
    Tensor size = second.div(unbiased(spec.beta2(), count));
    Tensor explained = torch.minimum(mean.square(), size);
    Tensor ofMean = size.lerp_(explained, new Scalar(1 - pace.noise()));
    Tensor step = mean.div_(ofMean.sqrt_().add_(new Scalar(spec.epsilon())));
    values.sub_(step.mul_(taken), new Scalar(pace.rate()));
  }

  /** What a moment that began at 0 has to be divided by. */
  private static Tensor unbiased(double beta, Tensor count) {
    return torch.pow(new Scalar(beta), count).neg_().add_(ONE);
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
