package io.blockwise.job.config;

import static io.blockwise.model.Checks.invalid;

import java.util.regex.Pattern;

/** Names that become one directory below the output. Thread-safe. */
final class FileNames {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");

  private FileNames() {}

  static String require(String key, String name) {
    if (!PLAIN.matcher(name).matches()) {
      throw invalid(
          key, name, "must be letters, digits, '.', '_' and '-', and not start with '.' or '-'");
    }
    return name;
  }
}
