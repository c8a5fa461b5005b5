package io.blockwise.job.plan;

import io.blockwise.base.UserException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.spark.network.util.JavaUtils;

/**
 * Spark's properties, read and checked. Immutable if the source is.
 *
 * @param values by name; null for one that is not set
 */
record SparkProperties(Function<String, String> values) {
  private static final Pattern COUNT = Pattern.compile("[1-9]\\d{0,8}");

  /** A property; empty if it is not set. */
  Optional<String> text(String name) {
    return Optional.ofNullable(values.apply(name)).map(String::strip).filter(x -> !x.isEmpty());
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
    if (!COUNT.matcher(value.get()).matches()) {
      throw UserException.invalid(name, value.get(), "must be a whole number of at least 1");
    }
    return OptionalInt.of(Integer.parseInt(value.get()));
  }

  /**
   * A size in bytes; a plain number counts mebibytes, as Spark reads sizes of memory.
   *
   * @throws UserException if it is none
   */
  OptionalLong bytes(String name) {
    Optional<String> value = text(name);
    try {
      return value.isEmpty()
          ? OptionalLong.empty()
          : OptionalLong.of(JavaUtils.byteStringAsMb(value.get()) << 20);
    } catch (NumberFormatException e) {
      throw UserException.invalid(name, value.get(), "must be a size such as 4g");
    }
  }
}
