package io.blockwise.model.engine.torch;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * One pass through a block: its tensors by name, and whether it trains.
 *
 * @param parameters those of a leaf when gradients are wanted
 * @param statistics updated in place when training
 */
record Pass(Map<String, Tensor> parameters, Map<String, Tensor> statistics, boolean training) {
  Tensor parameter(String name) {
    return parameters.get(name);
  }

  /** A parameter that a layer may be without. */
  TensorOptional optional(String name) {
    Tensor tensor = parameters.get(name);
    return tensor == null ? new TensorOptional() : new TensorOptional(tensor);
  }

  /** Nothing in a pass without statistics. */
  TensorOptional statistic(String name) {
    return statistics.isEmpty() ? new TensorOptional() : new TensorOptional(statistics.get(name));
  }

  /** The same, in which running statistics are neither updated nor read. */
  Pass withoutStatistics() {
    return new Pass(parameters, Map.of(), training);
  }
}
