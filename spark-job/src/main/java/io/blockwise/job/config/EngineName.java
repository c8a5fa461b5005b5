package io.blockwise.job.config;

import io.blockwise.model.Names;

/** Numerical libraries that can compute blocks. */
public enum EngineName {
  /** ND4J, the library under DL4J. */
  DL4J;

  /** The engine of a name; one of a later version is refused with that reason. */
  public static EngineName parse(String name) {
    return Names.parse("engine", EngineName.class, name, "torch");
  }
}
