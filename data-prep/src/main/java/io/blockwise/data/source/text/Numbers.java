package io.blockwise.data.source.text;

import io.blockwise.base.Printable;
import io.blockwise.data.source.text.record.BadRecordException;
import java.util.regex.Pattern;

/** Numbers as they stand in files. */
final class Numbers {
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?");

  private Numbers() {}

  /** Whether it stands for a number that is missing: nothing, or {@code NaN} in any letters. */
  static boolean isMissing(String text) {
    return text.isBlank() || text.strip().equalsIgnoreCase("nan");
  }

  /**
   * The nearest {@code float}.
   *
   * @param text a decimal number, white space around it aside
   * @throws BadRecordException if it is none, or none that is finite as a {@code float}; the
   *     message says what there is instead
   */
  static float parse(String text) throws BadRecordException {
    String number = text.strip();
    if (number.isEmpty()) {
      throw new BadRecordException("nothing");
    }
    if (!DECIMAL.matcher(number).matches()) {
      throw new BadRecordException(Printable.of(number) + ", which is no finite number,");
    }
    float value = Float.parseFloat(number);
    if (Float.isInfinite(value)) {
      throw new BadRecordException(Printable.of(number) + ", which is beyond 3.4e38,");
    }
    return value;
  }
}
