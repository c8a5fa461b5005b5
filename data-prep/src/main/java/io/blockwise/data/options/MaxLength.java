package io.blockwise.data.options;

import static io.blockwise.base.Checks.invalid;

import java.io.Serializable;

/**
 * Most tokens of a text ({@code data.text.max-length}). Immutable.
 *
 * @param tokens from 1 to 100000, or {@link #FROM_TRAIN}
 */
public record MaxLength(int tokens) implements Serializable {
  /** Not a number: as train's lengths want it. */
  public static final int FROM_TRAIN = -1;

  /** The greatest length that train's lengths can want. */
  public static final int MOST_FROM_TRAIN = 512;

  private static final String AUTO = "auto";
  private static final int MOST = 100_000;

  public MaxLength {
    if (tokens != FROM_TRAIN && (tokens < 1 || tokens > MOST)) {
      throw refused(Integer.toString(tokens));
    }
  }

  /**
   * Reads {@code auto} or a number.
   *
   * @throws io.blockwise.base.InvalidValueException if it is neither, or out of bounds
   */
  public static MaxLength parse(String text) {
    try {
      int tokens = text.equals(AUTO) ? FROM_TRAIN : Integer.parseInt(text);
      if (tokens != FROM_TRAIN || text.equals(AUTO)) {
        return new MaxLength(tokens);
      }
    } catch (NumberFormatException e) {
      // refused below, together with -1
    }
    throw refused(text);
  }

  /** The number, or the greatest that train can want. */
  public int most() {
    return tokens == FROM_TRAIN ? MOST_FROM_TRAIN : tokens;
  }

  private static RuntimeException refused(String text) {
    return invalid("data.text.max-length", text, "must be auto or from 1 to " + MOST);
  }

  /** In the form that {@link #parse} reads. */
  @Override
  public String toString() {
    return tokens == FROM_TRAIN ? AUTO : Integer.toString(tokens);
  }
}
