package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValueFactory;

/** An amount of memory. Immutable. */
public record MemorySize(long bytes) {
  /** Reads {@code 512m}, {@code 2g} (powers of 1024) or a plain number of bytes; at least 0. */
  public static MemorySize parse(String text) {
    try {
      requireAscii(text);
      long bytes = ConfigValueFactory.fromAnyRef(text).atKey("size").getBytes("size");
      if (bytes >= 0) {
        return new MemorySize(bytes);
      }
    } catch (ConfigException e) {
      // refused below, together with what is no size at all
    }
    throw invalid("memory", text, "must be a size such as 512m or 2g");
  }

  private static void requireAscii(String text) {
    if (!text.chars().allMatch(letter -> letter < 128)) {
      throw new ConfigException.BadValue("size", "digits of another script");
    }
  }

  /** In the form that {@link #parse} reads. */
  @Override
  public String toString() {
    return Long.toString(bytes);
  }
}
