package io.blockwise.job.config.hocon;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Refuses keys that nobody declared, and those of later versions. Immutable. */
final class KnownKeys {
  /** Keys and sections that a later version will declare, with what they belong to. */
  private static final Map<String, String> LATER =
      Map.ofEntries(
          Map.entry("pipeline", "pipelined execution"), Map.entry("prediction", "prediction"));

  /** Keys of earlier versions, with what to do instead. */
  private static final Map<String, Renamed> RENAMED =
      Map.of(
          "averaging.quorum.max-wait",
          new Renamed("averaging.quorum.wait", "where that was 0s, now write all"));

  /**
   * A key that has another name now.
   *
   * @param values how they have changed
   */
  private record Renamed(String key, String values) {}

  private final Schema schema;

  KnownKeys(Schema schema) {
    this.schema = schema;
  }

  /**
   * Checks all keys of a resolved configuration, in the order in which they are written.
   *
   * @throws UserException for the first key that is refused
   */
  void check(ConfigObject root) {
    check("", root);
  }

  /** The same of a section at a place such as {@code training.per-block[1].}. */
  void check(String prefix, ConfigObject section) {
    for (Map.Entry<String, ConfigValue> entry : inOrder(section)) {
      String path = prefix + entry.getKey();
      ConfigValue value = entry.getValue();
      refuseLater(path, value);
      refuseRenamed(path, value);
      if (schema.isSection(path)) {
        check(path + ".", section(path, value));
      } else if (!schema.isValue(path)) {
        throw unknown(path, value, schema.paths());
      } else if (value instanceof ConfigObject nested) {
        // A value that was given keys, which the binder refuses unless they are of a later version.
        nested.forEach((key, inner) -> refuseLater(path + "." + key, inner));
      }
    }
  }

  /** What to say about a key that is not among {@code known}. */
  static UserException unknown(String path, ConfigValue value, List<String> known) {
    String hint =
        Nearest.to(path, known)
            .map(nearest -> "did you mean " + nearest + "?")
            .orElse("conf/README.md lists every key");
    return new UserException(
        "Unknown key " + Printable.of(path) + Location.of(value) + " (" + hint + ")");
  }

  private static ConfigObject section(String path, ConfigValue value) {
    if (value instanceof ConfigObject nested) {
      return nested;
    }
    throw UserException.invalid(
        path,
        Sources.shown(value) + Location.of(value),
        "must be a section of keys, " + path + " { ... }");
  }

  private static void refuseLater(String path, ConfigValue value) {
    String feature = LATER.get(path);
    if (feature != null) {
      throw UserException.cannot(
          "use " + path + Location.of(value),
          feature + " will come with a later version",
          "remove the key");
    }
  }

  private static void refuseRenamed(String path, ConfigValue value) {
    Renamed now = RENAMED.get(path);
    if (now != null) {
      throw UserException.cannot(
          "use " + path + Location.of(value), "it is " + now.key + " now", now.values);
    }
  }

  private static List<Map.Entry<String, ConfigValue>> inOrder(ConfigObject section) {
    return section.entrySet().stream()
        .sorted(
            Comparator.<Map.Entry<String, ConfigValue>>comparingInt(
                    entry -> entry.getValue().origin().lineNumber())
                .thenComparing(Map.Entry::getKey))
        .toList();
  }
}
