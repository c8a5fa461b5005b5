package io.blockwise.model.spec;

import java.io.Serializable;

/**
 * A linear layer that turns a block's output into class scores. Immutable.
 *
 * @param features what it reads
 */
public record ExitSpec(Features features) implements Serializable {
  /** Reads a block's output, as the beginning of an exit. */
  ModuleSpec read(Shape output) {
    return features.behind(ModuleSpec.of(output), "exit.features");
  }
}
