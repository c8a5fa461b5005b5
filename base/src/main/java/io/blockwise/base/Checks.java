package io.blockwise.base;

import java.time.Duration;
import java.util.Locale;

/**
 * Checks of values at the borders, each with the message a user can act on: {@code Invalid <key>:
 * <value> (must be ...)}.
 *
 * <p>One method makes the check and the message, so the two cannot disagree. Thread-safe.
 */
public final class Checks {
  private Checks() {}

  /** Refuses a value below {@code least}. */
  public static int requireAtLeast(String key, int value, int least) {
    if (value < least) {
      throw invalid(key, value, "must be at least " + least);
    }
    return value;
  }

  /** Refuses a value that is not a finite number above zero. */
  public static double requirePositive(String key, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw invalid(key, value, "must be a finite number above 0");
    }
    return value;
  }

  /** Refuses a length of time that is not above zero. */
  public static Duration requirePositive(String key, Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw invalid(key, time, "must be above 0");
    }
    return time;
  }

  /** Refuses a value outside {@code [least, most]}. */
  public static int requireWithin(String key, int value, int least, int most) {
    if (value < least || value > most) {
      throw invalid(key, value, "must be from " + least + " to " + most);
    }
    return value;
  }

  /** Refuses a value outside {@code [least, most]}, and NaN. */
  public static double requireWithin(String key, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw invalid(key, value, String.format(Locale.ROOT, "must be from %s to %s", least, most));
    }
    return value;
  }

  /** Refuses a share that leaves nothing on one side: 0 and below, 1 and above, NaN. */
  public static double requireShare(String key, double value) {
    if (!(value > 0 && value < 1)) {
      throw invalid(key, value, "must be above 0 and below 1");
    }
    return value;
  }

  /** Refuses what is no share, 0 and 1 included: below 0, above 1, NaN. */
  public static double requireShareOrNone(String key, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw invalid(key, value, "must be from 0 to 1");
    }
    return value;
  }

  /** The exception for a value that cannot be used, with the rule it breaks. */
  public static InvalidValueException invalid(String key, Object value, String rule) {
    return new InvalidValueException(key, asWritten(value), rule);
  }

  private static String asWritten(Object value) {
    if (value instanceof Enum<?> constant) {
      return Names.of(constant);
    }
    return value instanceof Duration time ? Names.of(time) : Printable.of(String.valueOf(value));
  }
}
