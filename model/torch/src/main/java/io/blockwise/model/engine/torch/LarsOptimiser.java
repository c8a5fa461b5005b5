package io.blockwise.model.engine.torch;

import static io.blockwise.model.engine.torch.NamedOperation.list;

import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.OptimiserSpec;
import java.util.List;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * LARS: every tensor's gradient with decay and its factor, then descent with momentum. The norms of
 * all tensors are one operation; what differs by tensor reaches the whole vector by its chunks of
 * {@link AlignedTable#ALIGNMENT} values, of which each belongs to one tensor. Nothing waits for the
 * device. State: the momentum, if there is one.
 */
final class LarsOptimiser implements Optimiser {
  private final OptimiserSpec.Lars spec;
  private final AlignedTable layout;
  private final SgdOptimiser descent;
  private final NamedOperation norms = new NamedOperation("aten::_foreach_norm", "Scalar");

  /** Per tensor: 1 if it has decay and factor, else 0. */
  private final Tensor adapts;

  /** Per chunk: the tensor that it is of. */
  private final Tensor owners;

  /** Per chunk: its tensor's weight decay. */
  private final Tensor decay;

  LarsOptimiser(OptimiserSpec.Lars spec, AlignedTable layout, Host host) {
    this.spec = spec;
    this.layout = layout;
    descent = new SgdOptimiser(spec.descent(), layout, host);
    float[] flags = flags(layout.table().entries());
    adapts = host.compute(() -> Scope.keep(host.tensor(flags, flags.length, flags.length)));
    owners = host.compute(() -> Scope.keep(host.labels(layout.chunkOwners())));
    decay = host.compute(() -> Scope.keep(perChunk(adapts.mul(new Scalar(spec.weightDecay())))));
  }

  private static float[] flags(List<TensorTable.Entry> entries) {
    float[] flags = new float[entries.size()];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = OptimiserSpec.Lars.adapts(entries.get(i).shape()) ? 1 : 0;
    }
    return flags;
  }

  @Override
  public void step(Tensor values, Tensor gradient, Pace pace, Guard guard) {
    guard.divisor().ifPresent(gradient::div_);
    if (spec.weightDecay() > 0) {
      chunks(gradient).addcmul_(chunks(values), decay);
    }
    chunks(gradient).mul_(perChunk(factors(norms(values), norms(gradient))));
    descent.step(values, gradient, pace, guard.withoutDivisor());
  }

  /** Per tensor, from the norms of its values and of its decayed gradient. */
  private Tensor factors(Tensor ofValues, Tensor ofGradient) {
    Tensor both = torch.minimum(ofValues, ofGradient).mul(adapts);
    Tensor factor = ofValues.div(ofGradient).mul(new Scalar(spec.trust()));
    return torch.where(both.gt(new Scalar(0)), factor, new Scalar(1.0));
  }

  private Tensor norms(Tensor vector) {
    IValue tensors = list(layout.parts(vector).toArray(Tensor[]::new));
    TensorVector each =
        norms.call(tensors, new IValue(new Scalar(2)), new IValue()).get(0).toTensorVector();
    return torch.stack(each, 0);
  }

  private Tensor perChunk(Tensor perTensor) {
    return perTensor.index_select(0, owners).unsqueeze(1);
  }

  private static Tensor chunks(Tensor vector) {
    return vector.view(-1, AlignedTable.ALIGNMENT);
  }

  @Override
  public int length() {
    return descent.length();
  }

  @Override
  public void read(float[] into) {
    descent.read(into);
  }

  @Override
  public void adopt(float[] from) {
    descent.adopt(from);
  }

  @Override
  public void close() {
    descent.close();
    adapts.close();
    owners.close();
    decay.close();
  }
}
