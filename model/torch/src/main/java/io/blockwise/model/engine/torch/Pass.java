package io.blockwise.model.engine.torch;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * One pass through a block: its tensors by name, whether it trains, and what comes with the batch.
 *
 * @param parameters those of a leaf when gradients are wanted
 * @param statistics updated in place when training
 */
record Pass(
    Map<String, Tensor> parameters,
    Map<String, Tensor> statistics,
    boolean training,
    Beside beside) {
  /** Of rows that are no texts. */
  Pass(Map<String, Tensor> parameters, Map<String, Tensor> statistics, boolean training) {
    this(parameters, statistics, training, Beside.nothing());
  }

  /** The same on another batch. */
  Pass with(Beside other) {
    return new Pass(parameters, statistics, training, other);
  }

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

  /** How long the rows are. */
  Texts texts() {
    return beside.requireTexts();
  }

  /** The states of the last LSTM before. */
  Beside.States states() {
    return beside.states();
  }

  /** With a share of the values left out, if the pass trains. */
  Tensor dropped(Tensor x, double share) {
    return training ? beside.chance().map(chance -> chance.dropped(x, share)).orElse(x) : x;
  }

  /** The same for a way that nothing goes on from: the states that it sets are its own. */
  Pass aside() {
    return new Pass(parameters, statistics, training, beside.aside());
  }

  /** The same, in which running statistics are neither updated nor read. */
  Pass withoutStatistics() {
    return new Pass(parameters, Map.of(), training, beside);
  }
}
