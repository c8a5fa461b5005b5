package io.blockwise.model.engine.dl4j;

/**
 * What layers need while a block is built: its tensors, by their names in the block's layout, and
 * its memory. Used by one thread.
 */
record Construction(Memory memory, Parameters parameters, Parameters statistics) {
  /** A trainable tensor. */
  Parameters.Tensor parameter(String name) {
    return parameters.tensor(name);
  }

  /** A tensor of the running statistics. */
  Parameters.Tensor statistic(String name) {
    return statistics.tensor(name);
  }
}
