package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Pending;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A step that goes back and updates after its output is on its way, maybe on another thread (AL-P;
 * methods 2f). The gradient waits for nobody; the update waits for the fault of the step before.
 * Keeps its tensors until it is complete. Handed from thread to thread, used by one at a time.
 */
final class LateStep {
  private final List<Tensor> kept = new ArrayList<>();
  private final TorchSignal in;
  private final Forward forward;
  private final Tensor fault;
  private final Pending<Boolean> complete = new Pending<>();

  /**
   * @param in what the way forward began with; is open until the step is complete
   * @param fault a scalar 0, which becomes that of the output
   */
  LateStep(TorchSignal in, Forward forward, Tensor fault) {
    this.in = in;
    this.forward = forward.kept(this::keep);
    this.fault = keep(fault);
  }

  /** A handle of its own: that of a vector's element ends with the vector. */
  private Tensor keep(Tensor tensor) {
    kept.add(Scope.keep(new Tensor(tensor)));
    return kept.get(kept.size() - 1);
  }

  Tensor output() {
    return forward.output();
  }

  /** That of the output, once the step is complete. */
  Tensor fault() {
    return fault;
  }

  /** Whether it is complete, for steps that begin with its output. */
  Pending<Boolean> whenComplete() {
    return complete;
  }

  /**
   * Ends the step.
   *
   * @return its figures
   */
  Tensor complete(OpenStep.Update update) {
    try {
      Tensor gradient = forward.gradient();
      Tensor norm = gradient.norm();
      in.awaitFault();
      Tensor figures = forward.figures(in.fault(), norm);
      update.take(figures, norm, gradient, forward.statistics());
      fault.copy_(Forward.fault(figures));
      complete.set(true);
      return figures;
    } catch (RuntimeException | Error e) {
      complete.fail(e);
      throw e;
    } finally {
      kept.forEach(Tensor::close);
    }
  }
}
