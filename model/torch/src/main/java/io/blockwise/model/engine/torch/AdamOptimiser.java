package io.blockwise.model.engine.torch;

import io.blockwise.model.spec.OptimiserSpec;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Adam in PyTorch's form. State: the number of steps, first moments, second moments. */
final class AdamOptimiser implements Optimiser {
  private final OptimiserSpec.Adam spec;
  private final AlignedTable layout;
  private final Tensor first;
  private final Tensor second;
  private long steps;

  AdamOptimiser(OptimiserSpec.Adam spec, AlignedTable layout, Host host) {
    this.spec = spec;
    this.layout = layout;
    first = host.zeros(layout.length());
    second = host.zeros(layout.length());
  }

  @Override
  public void step(Tensor values, Tensor gradient, double learningRate) {
    steps++;
    first.lerp_(gradient, new Scalar(1 - spec.beta1()));
    second
        .mul_(new Scalar(spec.beta2()))
        .addcmul_(gradient, gradient, new Scalar(1 - spec.beta2()));
    Tensor deviation =
        second
            .sqrt()
            .div_(new Scalar(Math.sqrt(1 - Math.pow(spec.beta2(), steps))))
            .add_(new Scalar(spec.epsilon()));
    double rate = learningRate / (1 - Math.pow(spec.beta1(), steps));
    values.addcdiv_(first, deviation, new Scalar(-rate));
  }

  @Override
  public int length() {
    return 1 + 2 * layout.table().length();
  }

  @Override
  public void read(float[] into) {
    into[0] = steps;
    layout.read(first, into, 1);
    layout.read(second, into, 1 + layout.table().length());
  }

  @Override
  public void adopt(float[] from) {
    steps = (long) from[0];
    layout.write(from, 1, first);
    layout.write(from, 1 + layout.table().length(), second);
  }

  @Override
  public void close() {
    first.close();
    second.close();
  }
}
