package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Pace;
import java.util.Optional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * What a step does to its block in the end: nothing where there is a fault, which only the device
 * knows. Used by one thread at a time.
 */
final class GuardedUpdate {
  private final Trainable parameters;
  private final FlatState statistics;
  private final double clip;

  /**
   * @param clip longest gradient that is allowed; 0 for any
   */
  GuardedUpdate(Trainable parameters, FlatState statistics, double clip) {
    this.parameters = parameters;
    this.statistics = statistics;
    this.clip = clip;
  }

  /** The same for steps that end later. */
  OpenStep.Update of(Pace pace, Beside beside) {
    return (figures, norm, gradient, before) -> take(figures, norm, gradient, before, pace, beside);
  }

  /** Changes the block's state, unless there is a fault, which it gives. */
  Tensor take(
      Tensor figures,
      Tensor norm,
      Tensor gradient,
      Tensor statisticsBefore,
      Pace pace,
      Beside beside) {
    Tensor fault = Forward.fault(figures);
    Guard guard = new Guard(fault.eq(new Scalar(0.0)), skip(fault), divisor(norm));
    statistics.keepIf(guard.taken(), statisticsBefore);
    parameters.step(gradient, beside, pace, guard);
    return fault;
  }

  /** 1 for a fault, else 0. */
  private static Tensor skip(Tensor fault) {
    return fault.nan_to_num(new DoubleOptional(1), new DoubleOptional(), new DoubleOptional());
  }

  /** What brings a gradient of this norm down to the longest that is allowed. */
  private Optional<Tensor> divisor(Tensor norm) {
    return clip == 0
        ? Optional.empty()
        : Optional.of(norm.add(new Scalar(1e-6)).div(new Scalar(clip)).clamp_min(new Scalar(1.0)));
  }
}
