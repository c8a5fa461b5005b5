package io.blockwise.job.config.hocon;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import io.blockwise.base.Printable;
import io.blockwise.base.Redaction;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which texts of a configuration were taken from environment variables, and how texts are stored
 * and printed without giving a secret away.
 *
 * <p>Stored without its value is: a text whose key is named like a secret, a password or cloud key
 * inside a text, and what came from an environment variable, for which {@code ${NAME}} is stored,
 * unless it is a place (a path that exists here, or a URL of a file system).
 *
 * <p>All are equal: settings with the same values are the same settings, wherever the values came
 * from. Immutable.
 */
public final class Sources {
  private static final String VARIABLE = "environment variable ";
  private static final Pattern NAME = Pattern.compile(VARIABLE + "(\\w+)");
  private static final Pattern SECRET_KEY =
      Pattern.compile("(?:.*[.-])?(?:password|passwd|secret|token|credentials?|key)(?:[.-].*)?");
  private static final Pattern PLACE = Pattern.compile("(?!https?:)[a-z][a-z0-9+.-]*:/.*");

  private final Map<String, List<String>> variables = new LinkedHashMap<>();
  private final Map<String, String> environment;

  private Sources(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Of all keys of a resolved configuration. */
  static Sources of(Config resolved, Map<String, String> environment) {
    Sources sources = new Sources(environment);
    sources.collect("", resolved.root());
    return sources;
  }

  /** The description of values that {@link #of} recognises again. */
  static String description(String variable) {
    return VARIABLE + variable;
  }

  /** Whether a description is one of {@link #description}. */
  static boolean isVariable(String description) {
    return description.startsWith(VARIABLE);
  }

  /** A value as messages show it: on one line, without what an environment variable holds. */
  static String shown(ConfigValue value) {
    List<String> names = variables(value);
    return names.isEmpty()
        ? Redaction.of(Printable.of(String.valueOf(value.unwrapped())))
        : "${" + String.join("}${", names) + "}";
  }

  static boolean isFromEnvironment(ConfigValue value) {
    return !variables(value).isEmpty();
  }

  /**
   * A record as HOCON, to be kept: every key, in declared order, without what must not be stored.
   * It reads back as equal with the same environment variables.
   */
  public String rendered(Record record) {
    return Rendering.of(record, this);
  }

  /** A text as HOCON for a file that is kept. */
  String stored(String key, String text) {
    List<String> names = variables.getOrDefault(key, List.of());
    if (!names.isEmpty() && !isPlace(text)) {
      return withNames(text, names);
    }
    return ConfigUtil.quoteString(
        SECRET_KEY.matcher(key).matches() && !text.isEmpty() ? Redaction.MARK : Redaction.of(text));
  }

  /** {@code /data/${USER}/x} is {@code "/data/"${USER}"/x"} in HOCON. */
  private String withNames(String text, List<String> names) {
    StringBuilder stored = new StringBuilder();
    int end = 0;
    for (String name : names) {
      String value = Optional.ofNullable(environment.get(name)).orElse("");
      int start = text.indexOf(value, end);
      if (value.isEmpty() || start < 0) {
        return ConfigUtil.quoteString(Redaction.MARK);
      }
      stored.append(quoted(text.substring(end, start))).append("${").append(name).append('}');
      end = start + value.length();
    }
    return stored.append(quoted(text.substring(end))).toString();
  }

  private static String quoted(String text) {
    return text.isEmpty() ? "" : ConfigUtil.quoteString(Redaction.of(text));
  }

  private static boolean isPlace(String text) {
    try {
      return PLACE.matcher(text).matches() || Files.exists(Path.of(text));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private void collect(String prefix, ConfigObject section) {
    section.forEach(
        (key, value) -> {
          if (value instanceof ConfigObject nested) {
            collect(prefix + key + ".", nested);
          } else if (!variables(value).isEmpty()) {
            variables.put(prefix + key, variables(value));
          }
        });
  }

  private static List<String> variables(ConfigValue value) {
    Matcher matcher = NAME.matcher(value.origin().description());
    return matcher.results().map((MatchResult found) -> found.group(1)).toList();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Sources;
  }

  @Override
  public int hashCode() {
    return 0;
  }

  @Override
  public String toString() {
    return "from environment variables: " + variables.keySet();
  }
}
