package io.blockwise.job.plan;

import io.blockwise.base.UserException;
import io.blockwise.job.cli.LaunchEnvironment;
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
    return LaunchEnvironment.number(name, text(name).orElse(""));
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
