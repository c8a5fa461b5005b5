package io.blockwise.job.config;

import io.blockwise.model.spec.Precision;
import java.io.Serializable;

/** A numerical library and how exactly it computes. Immutable. */
public record EngineChoice(EngineName name, Precision precision) implements Serializable {
  /** Whether {@link EngineName#AUTO} has yet to be settled. */
  public boolean isOpen() {
    return name.equals(EngineName.AUTO);
  }

  /** Another library with the same precision. */
  public EngineChoice with(EngineName other) {
    return new EngineChoice(other, precision);
  }
}
