package io.blockwise.model;

import static io.blockwise.model.Checks.invalid;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Names of enum constants as users write them: {@code VGG_SMALL} is {@code vgg-small}.
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
   * The constant of a name.
   *
   * @param key what is being named, for the message
   * @param later names that a later version will know: refused with that reason
   * @throws InvalidValueException if there is no such constant
   */
  public static <E extends Enum<E>> E parse(
      String key, Class<E> type, String name, String... later) {
    E[] constants = type.getEnumConstants();
    for (E constant : constants) {
      if (of(constant).equals(name)) {
        return constant;
      }
    }
    String rule = "must be " + either(Arrays.stream(constants).map(Names::of).toList());
    if (Arrays.asList(later).contains(name)) {
      rule += "; " + name + " comes in a later version";
    }
    throw invalid(key, name, rule);
  }

  private static String either(List<String> names) {
    int last = names.size() - 1;
    return last == 0
        ? names.get(0)
        : String.join(", ", names.subList(0, last)) + " or " + names.get(last);
  }
}
