package io.blockwise.model.engine.torch;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What an optimiser has to know of a step on the device, so that nobody waits for it.
 *
 * @param taken a scalar: true unless the step must change nothing
 * @param skip a scalar: 1 if it must change nothing, else 0
 * @param divisor a scalar by which the gradient is divided, to clip it
 */
record Guard(Tensor taken, Tensor skip, Optional<Tensor> divisor) {
  /** The same of a gradient that is clipped already. */
  Guard withoutDivisor() {
    return new Guard(taken, skip, Optional.empty());
  }
}
