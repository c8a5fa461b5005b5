package io.blockwise.model.engine.dl4j;

import java.util.Optional;

/**
 * What layers need while a block is built: its tensors, by their names in the block's layout, its
 * memory, and what comes with a batch. Used by one thread.
 *
 * @param rows the table that learns by rows, if the block has one
 */
record Construction(
    Memory memory,
    Parameters parameters,
    Parameters statistics,
    Beside beside,
    Optional<LearnedRows> rows) {
  /** Of a block that reads no texts. */
  Construction(Memory memory, Parameters parameters, Parameters statistics) {
    this(memory, parameters, statistics, new Beside(Optional.empty(), memory), Optional.empty());
  }

  /** A trainable tensor. */
  Parameters.Tensor parameter(String name) {
    return parameters.tensor(name);
  }

  /** A tensor of the running statistics. */
  Parameters.Tensor statistic(String name) {
    return statistics.tensor(name);
  }
}
