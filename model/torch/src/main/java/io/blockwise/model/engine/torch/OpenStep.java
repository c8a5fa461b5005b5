package io.blockwise.model.engine.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A step that takes its update late, since its block learns from the next block's loss as well, or
 * one before it does (span 2; methods 2k). So all losses are those of the parameters before the
 * step, and what is not finite is known to the later blocks before they change anything.
 *
 * <p>A block that hears the next one's loss gives it {@link #end} to start from, and is told the
 * gradient that comes back there: it passes through one block and no further. The step keeps its
 * tensors until it is closed, which its output does. Used by the block's thread.
 */
final class OpenStep implements AutoCloseable {
  /** Takes a step. */
  interface Update {
    /**
     * @param figures as {@link TorchStep} has them; if one is no number, nothing changes
     * @param norm of the gradient
     * @param statistics as they were before
     */
    void take(Tensor figures, Tensor norm, Tensor gradient, Tensor statistics);
  }

  private final List<Tensor> kept = new ArrayList<>();
  private final Forward forward;
  private final boolean hears;
  private final Tensor faultBefore;
  private final Tensor ownFault;
  private final Tensor fault;
  private final Tensor end;

  /** What the next block's loss wants of the output if it is heard, else the step's gradient. */
  private Tensor gradient;

  private Tensor faultHeard;

  /**
   * Tells the block before this one what its loss wants, if that block hears it.
   *
   * @param in what the way forward began with
   * @param hears whether the next block's loss trains this one as well
   */
  OpenStep(TorchSignal in, Forward forward, boolean hears) {
    this.forward = forward.kept(this::keep);
    this.hears = hears;
    faultBefore = keep(in.fault()); // to which the step before may add
    ownFault = keep(ownFault(in.open().filter(step -> step.hears)));
    fault = keep(faultBefore.add(ownFault));
    end = keep(forward.output().detach().requires_grad_(hears));
  }

  /** Its own figures' fault, and that of what it told. */
  private Tensor ownFault(Optional<OpenStep> before) {
    Tensor own = forward.fault();
    if (before.isEmpty()) {
      gradient = hears ? null : keep(forward.gradient());
      return own;
    }
    Tensor wanted = wanted(before.get().end);
    Tensor told = own.add(Forward.fault(wanted.norm()));
    before.get().hear(wanted, told);
    return told;
  }

  private Tensor wanted(Tensor start) {
    if (hears) {
      return forward.gradientBy(start);
    }
    TensorVector both = forward.gradientsBy(start);
    gradient = keep(both.get(0));
    return both.get(1);
  }

  private void hear(Tensor wanted, Tensor itsFault) {
    gradient = keep(wanted);
    faultHeard = keep(itsFault);
  }

  /** A handle of its own: that of a vector's element ends with the vector. */
  private Tensor keep(Tensor tensor) {
    kept.add(Scope.keep(new Tensor(tensor)));
    return kept.get(kept.size() - 1);
  }

  /** What the next block reads. */
  Tensor end() {
    return end;
  }

  /** That of the next block's input: of the step so far, and once it is complete, of all of it. */
  Tensor fault() {
    return fault;
  }

  /**
   * Ends the step.
   *
   * @return its figures
   */
  Tensor complete(Update update) {
    Tensor whole = hears ? forward.gradientWith(gradient) : gradient;
    Tensor norm = whole.norm().add(ownFault);
    // a block whose own loss is not finite does not skip because the next one's is not either
    Tensor toSkip = hears ? faultBefore.add(ifFinite(ownFault, faultHeard)) : faultBefore;
    Tensor figures = forward.figures(toSkip, norm);
    update.take(figures, norm, whole, forward.statistics());
    // the next block skips when this one's gradient fails, but not for its own loss
    Tensor late = Forward.fault(norm);
    fault.add_(faultBefore).add_(hears ? ifFinite(faultHeard, late) : late);
    return figures;
  }

  /** A fault that counts only where another one is none. */
  private static Tensor ifFinite(Tensor other, Tensor itsFault) {
    return torch.where(other.eq(new Scalar(0.0)), itsFault, torch.zeros_like(itsFault));
  }

  @Override
  public void close() {
    kept.forEach(Tensor::close);
    kept.clear();
  }
}
