package io.blockwise.job.plan;

import io.blockwise.base.UserException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import org.apache.spark.network.util.JavaUtils;

/**
 * Spark's properties, read and checked. Immutable if the source is.
 *
 * @param values by name; null for one that is not set
 */
record SparkProperties(Function<String, String> values) {
  private static final long MEBI = 1 << 20;

  /** A property; empty if it is not set. */
  Optional<String> text(String name) {
    return Optional.ofNullable(values.apply(name)).filter(value -> !value.isBlank());
  }

  /**
   * A count.
   *
   * @throws UserException if it is none
   */
  OptionalInt number(String name) {
    Optional<String> value = text(name);
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    try {
      int number = Integer.parseInt(value.get().strip());
      if (number > 0) {
        return OptionalInt.of(number);
      }
    } catch (NumberFormatException e) {
      // refused below, together with what is too small
    }
    throw new UserException(
        "Invalid " + name + ": " + value.get() + " (must be a whole number of at least 1)");
  }

  boolean isTrue(String name) {
    return text(name).filter(value -> value.strip().equalsIgnoreCase("true")).isPresent();
  }

  /**
   * A size in bytes; a plain number counts mebibytes, as Spark reads sizes of memory.
   *
   * @throws UserException if it is none
   */
  OptionalLong bytes(String name) {
    Optional<String> value = text(name);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(JavaUtils.byteStringAsMb(value.get()) * MEBI);
    } catch (NumberFormatException e) {
      throw new UserException(
          "Invalid " + name + ": " + value.get() + " (must be a size such as 4g)", e);
    }
  }
}
