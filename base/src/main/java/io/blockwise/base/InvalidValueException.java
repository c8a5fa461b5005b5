package io.blockwise.base;

/**
 * A value that breaks a rule; the message is {@code Invalid <key>: <value> (must be ...)}.
 *
 * <p>Key, value and rule are kept apart, so that whoever knows where the value came from can say
 * so. Immutable.
 */
public final class InvalidValueException extends IllegalArgumentException {
  private final String key;
  private final String value;
  private final String rule;

  InvalidValueException(String key, String value, String rule) {
    super("Invalid " + key + ": " + value + " (" + rule + ")");
    this.key = key;
    this.value = value;
    this.rule = rule;
  }

  /** What the value is called; in full or relative to the record that refused it. */
  public String key() {
    return key;
  }

  /** The refused value as text. */
  public String value() {
    return value;
  }

  /** What is allowed, for example {@code must be at least 1}. */
  public String rule() {
    return rule;
  }
}
