package io.blockwise.model.engine.torch;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What an optimiser has to know of a step on the device, so that nobody waits for it.
 *
 * @param skip a scalar: 1 if the step must change nothing, else 0
 * @param divisor a scalar by which the gradient is divided, to clip it
 */
record Guard(Tensor skip, Optional<Tensor> divisor) {}
