package io.blockwise.base;

import java.util.stream.Collectors;

/**
 * Text of unknown origin as it can be printed on one line of a terminal: newlines, escapes and
 * other control characters are written out, for example as {@code \n} and {@code \u001b}.
 *
 * <p>Thread-safe.
 */
public final class Printable {
  private static final int LONGEST = 300;

  private Printable() {}

  /** The text with its control characters written out, and shortened to about a few lines. */
  public static String of(String text) {
    String start = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
    return escaped(start);
  }

  /** The text with its control characters written out. */
  public static String escaped(String text) {
    return text.codePoints().mapToObj(Printable::written).collect(Collectors.joining());
  }

  /** The first line of a failure's message; empty if it has none. */
  public static String firstLine(Throwable failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  /** Whether nothing of the text has to be written out. */
  public static boolean isPrintable(String text) {
    return text.codePoints().noneMatch(Printable::isControl);
  }

  private static String written(int codePoint) {
    if (!isControl(codePoint)) {
      return Character.toString(codePoint);
    }
    return switch (codePoint) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> String.format("\\u%04x", codePoint);
    };
  }

  // Of the invisible ones, those that change the order of letters can make one text look like
  // another.
  private static boolean isControl(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
              Character.FORMAT,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR,
              Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
