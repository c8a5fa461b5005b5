package io.blockwise.job.plan;

import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.spec.BlockSpec;
import java.io.Serializable;

/**
 * Values of one block. Immutable.
 *
 * @param body trainable parameters of the layers
 * @param head of what the loss alone uses
 * @param exit of the classifier
 * @param statistics running means and variances
 * @param optimiser what the optimiser remembers
 */
record BlockSize(int body, int head, int exit, int statistics, int optimiser)
    implements Serializable {
  static BlockSize of(Block block) {
    return new BlockSize(
        block.parameters().length(BlockSpec.LAYERS),
        block.parameters().lengthOfHeads(),
        block.parameters().length(BlockSpec.EXIT),
        block.length(StateKind.STATISTICS),
        block.length(StateKind.OPTIMISER));
  }

  /** All that is trained. */
  int parameters() {
    return body + head + exit;
  }

  /** Bytes of what a ledger holds: parameters and running statistics in single precision. */
  long stateBytes() {
    return ((long) parameters() + statistics) * Float.BYTES;
  }
}
