package io.blockwise.job.config.comparison;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.blockwise.base.UserException;
import io.blockwise.job.config.hocon.Location;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What the candidates of a search are drawn from ({@code compare.search.space}). Immutable.
 *
 * @param ranges by key, in full
 */
record Space(SortedMap<String, Range> ranges) {
  static final String KEY = "compare.search.space";

  /** Draws without a new candidate after which a space is taken to have no more. */
  private static final int MOST_VAIN = 1000;

  /** Digits that a number is drawn with, so that it can be read and written again. */
  private static final MathContext DIGITS = new MathContext(4);

  /** What can be drawn for a key. */
  private interface Range {
    ConfigValue draw(SplittableRandom random);
  }

  /** The range of a kind between two numbers. */
  private interface Bounded {
    Range of(String key, ConfigValue given, double from, double to);
  }

  private static final Map<String, Bounded> KINDS =
      Map.of("uniform", Space::uniform, "log", Space::log, "integer", Space::integer);

  /**
   * Reads a space.
   *
   * @throws UserException if it is empty, or a range is none
   */
  static Space of(ConfigObject given) {
    SortedMap<String, Range> ranges = new TreeMap<>();
    add("", given, ranges);
    if (ranges.isEmpty()) {
      throw UserException.invalid(
          KEY,
          "{}" + Location.of(given),
          "must have a key at least, such as { training.learning-rate { log = [1e-4, 1e-1] } }");
    }
    return new Space(ranges);
  }

  private static void add(String prefix, ConfigObject section, SortedMap<String, Range> ranges) {
    for (Map.Entry<String, ConfigValue> entry : section.entrySet()) {
      String key = prefix + ConfigUtil.joinPath(entry.getKey());
      ConfigValue value = entry.getValue();
      if (value instanceof ConfigList choices) {
        ranges.put(key, choice(key, choices));
      } else if (value instanceof ConfigObject inner && isRange(inner)) {
        ranges.put(key, bounded(key, inner));
      } else if (value instanceof ConfigObject inner && !inner.isEmpty()) {
        add(key + ".", inner, ranges);
      } else {
        throw refused(
            key, value, "must be a list of values, or uniform, log or integer = [FROM, TO]");
      }
    }
  }

  private static boolean isRange(ConfigObject value) {
    return value.keySet().stream().anyMatch(KINDS::containsKey);
  }

  private static Range choice(String key, ConfigList choices) {
    if (choices.isEmpty()) {
      throw refused(key, choices, "must have a value at least");
    }
    List<ConfigValue> values = List.copyOf(choices);
    return random -> values.get(random.nextInt(values.size()));
  }

  private static Range bounded(String key, ConfigObject given) {
    String kind = given.keySet().iterator().next();
    boolean numbers =
        given.size() == 1
            && given.get(kind) instanceof ConfigList bounds
            && bounds.size() == 2
            && bounds.stream().allMatch(bound -> bound.unwrapped() instanceof Number);
    if (!numbers || !KINDS.containsKey(kind)) {
      throw refused(
          key, given, "must be one of uniform, log and integer = [FROM, TO], two numbers");
    }
    ConfigList bounds = (ConfigList) given.get(kind);
    double from = ((Number) bounds.get(0).unwrapped()).doubleValue();
    double to = ((Number) bounds.get(1).unwrapped()).doubleValue();
    if (!(from < to)) {
      throw refused(key, given, "must go from a number to a larger one");
    }
    return KINDS.get(kind).of(key, given, from, to);
  }

  private static Range uniform(String key, ConfigValue given, double from, double to) {
    return random -> number(random.nextDouble(from, to), from, to);
  }

  private static Range log(String key, ConfigValue given, double from, double to) {
    if (from <= 0) {
      throw refused(key, given, "must begin above 0 with log");
    }
    return random -> number(Math.exp(random.nextDouble(Math.log(from), Math.log(to))), from, to);
  }

  private static Range integer(String key, ConfigValue given, double from, double to) {
    if (from != Math.rint(from) || to != Math.rint(to) || Math.max(-from, to) > 1e9) {
      throw refused(key, given, "must be whole numbers with integer, of nine digits at most");
    }
    return random -> ConfigValueFactory.fromAnyRef(random.nextLong((long) from, (long) to + 1));
  }

  private static ConfigValue number(double drawn, double from, double to) {
    double rounded = new BigDecimal(drawn).round(DIGITS).doubleValue();
    return ConfigValueFactory.fromAnyRef(Math.max(from, Math.min(to, rounded)));
  }

  private static UserException refused(String key, ConfigValue value, String rule) {
    String shown = value.render(ConfigRenderOptions.concise());
    return UserException.invalid(KEY + "." + key, shown + Location.of(value), rule);
  }

  /**
   * Draws candidates, no two of which are the same; fewer, if the space has no more. The first ones
   * do not depend on how many are drawn.
   *
   * @return values by key
   */
  List<SortedMap<String, ConfigValue>> draw(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Set<String> known = new HashSet<>();
    List<SortedMap<String, ConfigValue>> candidates = new ArrayList<>();
    for (int vain = 0; candidates.size() < count && vain < MOST_VAIN; vain++) {
      SplittableRandom own = random.split();
      SortedMap<String, ConfigValue> values = new TreeMap<>();
      ranges.forEach((key, range) -> values.put(key, range.draw(own)));
      if (known.add(texts(values).toString())) {
        candidates.add(values);
        vain = 0;
      }
    }
    return candidates;
  }

  /** As people read them. */
  static SortedMap<String, String> texts(Map<String, ConfigValue> values) {
    SortedMap<String, String> texts = new TreeMap<>();
    values.forEach(
        (key, value) ->
            texts.put(
                key,
                value.unwrapped() instanceof String text
                    ? text
                    : value.render(ConfigRenderOptions.concise())));
    return texts;
  }

  /** As keys of a configuration. */
  static Config config(Map<String, ConfigValue> values) {
    Config config = ConfigFactory.empty();
    for (Map.Entry<String, ConfigValue> value : values.entrySet()) {
      config = config.withValue(value.getKey(), value.getValue());
    }
    return config;
  }
}
