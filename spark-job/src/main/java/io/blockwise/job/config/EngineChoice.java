package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;

import io.blockwise.base.Names;
import io.blockwise.model.spec.Precision;
import java.io.Serializable;

/**
 * A numerical library and how exactly it computes.
 *
 * <p>Always true: the engine knows the precision. Immutable.
 */
public record EngineChoice(EngineName name, Precision precision) implements Serializable {
  public EngineChoice {
    if (name == EngineName.DL4J && precision != Precision.FLOAT32) {
      throw invalid(
          "precision",
          Names.of(precision),
          "must be float32 with engine " + Names.of(name) + "; engine = torch knows more");
    }
  }
}
