package io.blockwise.model.spec;

import java.util.List;

/** How far gradients go in a network, for whatever compares methods. */
public enum Locality {
  /** Through all layers: backpropagation, as there is one block. */
  GLOBAL,
  /** Within each block. */
  LOCAL,
  /** Through two blocks at some border: some block has span 2. */
  SEMI_LOCAL,
  /**
   * Through both of two blocks, of which the first has a loss of its own, too: backpropagation with
   * an auxiliary loss, not a local method.
   */
  GLOBAL_WITH_AUXILIARY_LOSS;

  /** Of a network of these blocks. */
  static Locality of(List<BlockSpec> blocks) {
    if (blocks.size() == 1) {
      return GLOBAL;
    }
    if (blocks.stream().allMatch(block -> block.span() == 1)) {
      return LOCAL;
    }
    return blocks.size() == 2 ? GLOBAL_WITH_AUXILIARY_LOSS : SEMI_LOCAL;
  }
}
