package io.blockwise.model.engine;

import static io.blockwise.base.Checks.invalid;

/**
 * How far an optimiser's step goes. Immutable.
 *
 * @param rate the learning rate, at least 0
 * @param noise share of the variance of a gradient's noise that is left once the steps of all
 *     workers are averaged, above 0 and at most 1; read by Adam, which divides by it
 */
public record Pace(double rate, double noise) {
  public Pace {
    if (!(noise > 0 && noise <= 1)) {
      throw invalid("noise", noise, "must be above 0 and at most 1");
    }
  }

  /** Of one worker. */
  public static Pace of(double rate) {
    return new Pace(rate, 1);
  }
}
