package io.blockwise.job.worker;

import io.blockwise.job.config.EngineName;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.dl4j.Dl4jEngine;

/** Engines by their configured name. */
public final class Engines {
  private Engines() {}

  /** An engine for the calling thread. */
  public static Engine create(EngineName name) {
    return switch (name) {
      case DL4J -> new Dl4jEngine();
    };
  }
}
