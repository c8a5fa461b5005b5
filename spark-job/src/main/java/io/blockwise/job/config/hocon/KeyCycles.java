package io.blockwise.job.config.hocon;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import io.blockwise.base.UserException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Refuses keys that refer to each other in a circle. The library would break it where a default
 * lies behind one of them, and take that. Used by one thread.
 */
final class KeyCycles {
  private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"");
  private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{\\??([^}]*)}");

  private final Map<String, ConfigValue> values = new LinkedHashMap<>();
  private final Map<String, List<String>> references = new LinkedHashMap<>();

  private KeyCycles(ConfigObject root) {
    collect("", root.entrySet());
  }

  /**
   * Checks what was given, without defaults and before substitutions are resolved. A key may refer
   * to its own default.
   *
   * @throws UserException for a circle of two or more keys
   */
  static void refuse(ConfigObject root) {
    KeyCycles cycles = new KeyCycles(root);
    cycles.references.keySet().forEach(key -> cycles.follow(List.of(key)));
  }

  private void follow(List<String> path) {
    String last = path.get(path.size() - 1);
    for (String next : references.getOrDefault(last, List.of())) {
      if (next.equals(path.get(0)) && path.size() > 1) {
        throw UserException.cannot(
            "read " + Location.name(values.get(next).origin()),
            "the keys " + String.join(" and ", path) + " refer to each other",
            "give one of them a value");
      }
      if (!path.contains(next)) {
        List<String> longer = new ArrayList<>(path);
        longer.add(next);
        follow(longer);
      }
    }
  }

  private void collect(String prefix, Set<Map.Entry<String, ConfigValue>> section) {
    for (Map.Entry<String, ConfigValue> entry : section) {
      String path = prefix + entry.getKey();
      Set<Map.Entry<String, ConfigValue>> nested = entries(entry.getValue());
      if (nested.isEmpty()) {
        values.put(path, entry.getValue());
        references.put(path, substitutions(entry.getValue()));
      } else {
        collect(path + ".", nested);
      }
    }
  }

  /** None of an object that begins with a substitution: it cannot be looked into yet. */
  private static Set<Map.Entry<String, ConfigValue>> entries(ConfigValue value) {
    try {
      return value instanceof ConfigObject object ? object.entrySet() : Set.of();
    } catch (ConfigException.NotResolved e) {
      return Set.of();
    }
  }

  private static List<String> substitutions(ConfigValue value) {
    String text = value.render(ConfigRenderOptions.concise());
    Matcher matcher = SUBSTITUTION.matcher(STRING.matcher(text).replaceAll(""));
    return matcher.results().map(found -> found.group(1)).toList();
  }
}
