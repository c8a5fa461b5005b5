package io.blockwise.model.engine;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The generation of a GPU, as NVIDIA numbers it: 8.6 is Ampere, 9.0 is Hopper. Immutable. */
public record ComputeCapability(int major, int minor) implements Comparable<ComputeCapability> {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,3})\\.(\\d{1,2})");

  /** Reads {@code 8.6}; empty if it is none. */
  public static Optional<ComputeCapability> parse(String text) {
    Matcher numbers = TEXT.matcher(text.strip());
    return numbers.matches()
        ? Optional.of(
            new ComputeCapability(
                Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2))))
        : Optional.empty();
  }

  @Override
  public int compareTo(ComputeCapability other) {
    return major != other.major
        ? Integer.compare(major, other.major)
        : Integer.compare(minor, other.minor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
