package io.blockwise.model.spec;

import java.io.Serializable;
import java.util.Objects;

/**
 * What of a worker's steps depends on how many workers there are. Immutable.
 *
 * @param rate how learning rates do
 * @param noise how that which Adam divides by does
 */
public record StepScale(RateScale rate, NoiseScale noise) implements Serializable {
  /** Nothing. */
  public static final StepScale NONE = new StepScale(RateScale.NONE, NoiseScale.NONE);

  public StepScale {
    Objects.requireNonNull(rate, "rate");
    Objects.requireNonNull(noise, "noise");
  }
}
