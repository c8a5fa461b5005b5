package io.blockwise.base;

import static io.blockwise.base.Checks.invalid;

import java.util.regex.Pattern;

/**
 * The one rule for what users name and Blockwise makes a file or directory of: runs, models and
 * data sets.
 *
 * <p>A name has 1 to {@value #LONGEST} letters and digits of ASCII, dots, underscores and dashes,
 * and starts with a letter or digit: Spark and Hadoop take what starts with an underscore or a dot
 * for hidden, and commands take what starts with a dash for an option. Thread-safe.
 */
public final class FileNames {
  /** Characters of a name at most; files beside it have longer names. */
  public static final int LONGEST = 100;

  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0," + (LONGEST - 1) + "}");

  private FileNames() {}

  /** Whether this can be such a name. */
  public static boolean isPlain(String name) {
    return PLAIN.matcher(name).matches();
  }

  /** Refuses what cannot be such a name. */
  public static String require(String key, String name) {
    if (!isPlain(name)) {
      throw invalid(
          key,
          name,
          "must be at most "
              + LONGEST
              + " letters, digits, '.', '_' and '-', and start with a letter or digit");
    }
    return name;
  }
}
