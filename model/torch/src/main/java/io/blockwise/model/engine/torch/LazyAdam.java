package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Pace;
import io.blockwise.model.spec.OptimiserSpec;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Adam of a table, for the rows that a batch reads: moments of other rows do not decay, and those
 * rows do not move (PyTorch's SparseAdam). Where steps are averaged over workers it divides by the
 * noise of the mean, as {@link AdamOptimiser} does. State: the number of steps, first moments,
 * second moments. Used by one thread.
 */
final class LazyAdam implements AutoCloseable {
  private static final Scalar ONE = new Scalar(1);

  private final OptimiserSpec.Adam spec;
  private final double rate;
  private final Tensor first;
  private final Tensor second;

  /** On the device, since the host does not know whether a step was skipped. */
  private final Tensor steps;

  /**
   * @param spec without weight decay
   * @param rate of the table over the spec's
   * @param rows of the table
   */
  LazyAdam(OptimiserSpec.Adam spec, double rate, long rows, long width, Host host) {
    this.spec = spec;
    this.rate = rate;
    first = Scope.get(() -> Scope.keep(host.zeros(rows * width).view(rows, width)));
    second = Scope.get(() -> Scope.keep(host.zeros(rows * width).view(rows, width)));
    steps = host.zeros(1);
  }

  /**
   * One step.
   *
   * @param table {@code [rows, width]}
   * @param ids of the rows that the batch reads, each once
   * @param gradient by those rows, not clipped yet
   */
  void step(Tensor table, Tensor ids, Tensor gradient, Pace pace, Guard guard) {
    steps.add_(guard.taken());
    Tensor clipped = guard.divisor().map(gradient::div).orElse(gradient);
    Tensor mean = moment(first, ids, clipped, spec.beta1());
    Tensor square = moment(second, ids, clipped.square(), spec.beta2());
    Tensor before = table.index_select(0, ids);
    Tensor after = before.sub(step(mean, square, pace));
    put(first, ids, mean, guard);
    put(second, ids, square, guard);
    put(table, ids, after, guard);
  }

  private static Tensor moment(Tensor of, Tensor ids, Tensor sample, double beta) {
    return of.index_select(0, ids).lerp_(sample, new Scalar(1 - beta));
  }

  private Tensor step(Tensor mean, Tensor square, Pace pace) {
    Tensor count = steps.clamp_min(ONE); // the first step may be one that is skipped
    Tensor firstBias = unbiased(spec.beta1(), count);
    Tensor secondBias = unbiased(spec.beta2(), count);
    Scalar length = new Scalar(pace.rate() * rate);
    if (pace.noise() == 1) {
      Tensor root = square.sqrt().add_(new Scalar(spec.epsilon()));
      return mean.div(root).mul_(secondBias.sqrt().div_(firstBias)).mul_(length);
    }
    Tensor centre = mean.div(firstBias);
    Tensor size = square.div(secondBias);
    Tensor explained = torch.minimum(centre.square(), size);
    Tensor ofMean = size.lerp_(explained, new Scalar(1 - pace.noise()));
    return centre.div_(ofMean.sqrt_().add_(new Scalar(spec.epsilon()))).mul_(length);
  }

  /** What a moment that began at 0 has to be divided by. */
  private static Tensor unbiased(double beta, Tensor count) {
    return torch.pow(new Scalar(beta), count).neg_().add_(ONE);
  }

  /** Puts rows in, unless the step is to be skipped. */
  private static void put(Tensor into, Tensor ids, Tensor rows, Guard guard) {
    into.index_copy_(0, ids, torch.where(guard.taken(), rows, into.index_select(0, ids)));
  }

  /** Values of its state. */
  int length() {
    return Math.toIntExact(1 + 2 * first.numel());
  }

  /** Copies its state out, from {@code to} on. */
  void read(float[] into, int to) {
    int count = Math.toIntExact(first.numel());
    Host.read(steps, into, to);
    Host.read(first, into, to + 1);
    Host.read(second, into, to + 1 + count);
  }

  /** Copies its state in, from {@code at} on. */
  void adopt(float[] from, int at) {
    int count = Math.toIntExact(first.numel());
    Host.write(from, at, steps);
    Host.write(from, at + 1, first);
    Host.write(from, at + 1 + count, second);
  }

  @Override
  public void close() {
    first.close();
    second.close();
    steps.close();
  }
}
