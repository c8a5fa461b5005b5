package io.blockwise.model.engine.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A block's way forward on a batch up to its loss, from which gradients go back.
 *
 * @param leaf the block's parameters
 * @param statistics as they were before
 * @param output of the layers
 * @param objective the block's own loss, a scalar
 * @param own the block's figures of the batch, detached scalars: right answers, the loss's terms
 */
record Forward(Tensor leaf, Tensor statistics, Tensor output, Tensor objective, List<Tensor> own) {
  /** The same for longer than the scope. */
  Forward kept(UnaryOperator<Tensor> keep) {
    return new Forward(
        keep.apply(leaf),
        keep.apply(statistics),
        keep.apply(output),
        keep.apply(objective),
        own.stream().map(keep).toList());
  }

  /** The objective's gradient by the parameters. */
  Tensor gradient() {
    return torch.grad(new TensorVector(objective), new TensorVector(leaf)).get(0);
  }

  /** The same with that of another objective, whose gradient by the output is given. */
  Tensor gradientWith(Tensor ofOutput) {
    return gradients(
            new TensorVector(objective, output),
            new TensorVector(leaf),
            new TensorVector(torch.ones_like(objective), ofOutput),
            false)
        .get(0);
  }

  /** The objective's gradient by what the block read; the way back stays open for others. */
  Tensor gradientBy(Tensor input) {
    return gradients(new TensorVector(objective), new TensorVector(input), ones(), true).get(0);
  }

  /** The objective's gradients by the parameters and by what the block read. */
  TensorVector gradientsBy(Tensor input) {
    return gradients(new TensorVector(objective), new TensorVector(leaf, input), ones(), false);
  }

  private TensorVector ones() {
    return new TensorVector(torch.ones_like(objective));
  }

  private static TensorVector gradients(
      TensorVector of, TensorVector by, TensorVector given, boolean staysOpen) {
    return torch.grad(of, by, given, new BoolOptional(staysOpen), false, false);
  }

  /** As {@link TorchStep} has them. */
  Tensor figures(Tensor fault, Tensor norm) {
    List<Tensor> scalars = new ArrayList<>();
    scalars.add(fault);
    scalars.addAll(own);
    scalars.add(norm);
    return stack(scalars);
  }

  /** 0, or no number if one of the block's own figures is none. */
  Tensor fault() {
    return fault(stack(own));
  }

  /** 0, or no number if one of those is none: 0 times what is not finite is no number. */
  static Tensor fault(Tensor figures) {
    return figures.mul(new Scalar(0.0)).sum();
  }

  private static Tensor stack(List<Tensor> scalars) {
    return torch.stack(new TensorVector(scalars.toArray(Tensor[]::new)), 0);
  }
}
