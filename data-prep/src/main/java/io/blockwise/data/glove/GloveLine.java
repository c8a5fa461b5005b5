package io.blockwise.data.glove;

import io.blockwise.base.Printable;
import io.blockwise.data.source.text.record.BadRecordException;
import java.util.regex.Pattern;

/**
 * A line of a word and its numbers. The numbers are the last fields, since a word may hold blanks.
 * Immutable.
 *
 * @param end of the word in the line
 */
record GloveLine(String line, int end, int dimension) {
  private static final Pattern DECIMAL = Pattern.compile("-?[0-9]*\\.[0-9]+([eE][-+]?[0-9]+)?");

  /**
   * Finds the word, without reading the numbers.
   *
   * @throws BadRecordException if there are more or fewer numbers
   */
  static GloveLine of(String line, int dimension) throws BadRecordException {
    int end = line.length();
    for (int found = 0; found < dimension; found++) {
      int blank = line.lastIndexOf(' ', end - 1);
      if (blank < 0) {
        throw new BadRecordException("has " + numbers(found) + " instead of " + dimension);
      }
      end = blank;
    }
    int last = line.lastIndexOf(' ', end - 1) + 1;
    if (last > 0 && DECIMAL.matcher(line).region(last, end).matches()) {
      throw new BadRecordException("has more than " + numbers(dimension));
    }
    return new GloveLine(line, end, dimension);
  }

  private static String numbers(int count) {
    return count + (count == 1 ? " number" : " numbers");
  }

  String word() {
    return line.substring(0, end);
  }

  /**
   * The numbers.
   *
   * @throws BadRecordException if some are none, or not finite as 32-bit floats
   */
  float[] values() throws BadRecordException {
    float[] values = new float[dimension];
    int start = end + 1;
    for (int i = 0; i < dimension; i++) {
      int blank = line.indexOf(' ', start);
      values[i] = value(line.substring(start, blank < 0 ? line.length() : blank));
      start = blank + 1;
    }
    return values;
  }

  private static float value(String text) throws BadRecordException {
    try {
      float value = Float.parseFloat(text);
      if (Float.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below, in words of ours
    }
    throw new BadRecordException("has \"" + Printable.of(text) + "\", which is no finite number");
  }
}
