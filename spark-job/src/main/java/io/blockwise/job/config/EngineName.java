package io.blockwise.job.config;

import io.blockwise.base.Names;

/** Numerical libraries that can compute blocks. */
public enum EngineName {
  /** ND4J, the library under DL4J. */
  DL4J,
  /** libtorch, the library under PyTorch. */
  TORCH;

  /** The engine of a name. */
  public static EngineName parse(String name) {
    return Names.parse("engine", EngineName.class, name);
  }
}
