package io.blockwise.base;

import static io.blockwise.base.Checks.invalid;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Values as users write them: {@code VGG_SMALL} is {@code vgg-small}, two seconds are {@code 2s}.
 *
 * <p>Thread-safe.
 */
public final class Names {
  private Names() {}

  /** The name of a constant in configurations, files and messages. */
  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The name of one of the records of a sealed interface, as its {@code type} in configurations and
   * files: {@code MaxPool} is {@code max-pool}, unless it is annotated with another name.
   */
  public static String of(Class<?> kind) {
    Named name = kind.getAnnotation(Named.class);
    return name == null ? kebab(kind.getSimpleName()) : name.value();
  }

  /** {@code batchSize} and {@code BatchSize} are {@code batch-size}. */
  public static String kebab(String camelCase) {
    return camelCase.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  /** A length of time in the largest unit that is exact: {@code 2s}, {@code 500ms}, {@code 7ns}. */
  public static String of(Duration time) {
    if (time.getNano() == 0) {
      return time.toSeconds() + "s";
    }
    long nanos = time.toNanos();
    return nanos % 1_000_000 == 0 ? time.toMillis() + "ms" : nanos + "ns";
  }

  /**
   * The constant of a name.
   *
   * @param key what is being named, for the message
   * @throws InvalidValueException if there is no such constant
   */
  public static <E extends Enum<E>> E parse(String key, Class<E> type, String name) {
    E[] constants = type.getEnumConstants();
    for (E constant : constants) {
      if (of(constant).equals(name)) {
        return constant;
      }
    }
    String rule = "must be " + either(Arrays.stream(constants).map(Names::of).toList());
    throw invalid(key, name, rule);
  }

  private static String either(List<String> names) {
    int last = names.size() - 1;
    return last == 0
        ? names.get(0)
        : String.join(", ", names.subList(0, last)) + " or " + names.get(last);
  }
}
