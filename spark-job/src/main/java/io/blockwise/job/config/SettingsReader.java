package io.blockwise.job.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.blockwise.job.UserException;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads settings: defaults, then a file, then overrides. Immutable. */
final class SettingsReader {
  private static final String OVERRIDE = "--set";
  private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{\\??([^}]*)}");
  private static final Pattern WORKERS_NUMBER =
      Pattern.compile("(?m)^\\s*workers\\s*[=:]\\s*[^\\s{]");
  private static final Pattern WORKERS_SECTION =
      Pattern.compile("(?m)^\\s*workers\\s*([=:]\\s*)?[.{]");

  private final Map<String, String> environment;
  private final Schema schema = new Schema(Settings.class);

  /** Substitutions that are no keys are looked up in {@code environment}. */
  SettingsReader(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  Settings read(Path file, List<String> sets) {
    Config merged = withWorkersInFull(parse(file));
    for (String set : sets) {
      merged = withWorkersInFull(override(set)).withFallback(merged);
    }
    merged = resolve(merged.withFallback(ConfigFactory.parseURL(Location.referenceFile())));
    new KnownKeys(schema).check(merged.root());
    return Binder.bind(Settings.class, withModelName(merged, file));
  }

  private static Config parse(Path file) {
    if (!Files.isRegularFile(file)) {
      String fact = Files.exists(file) ? "it is not a file" : "there is no such file";
      throw new UserException(
          "Cannot read " + file + ": " + fact + " (give a file such as conf/quickstart.conf)");
    }
    try {
      requireWorkersOnce(file);
      return ConfigFactory.parseFile(
          file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
    } catch (ConfigException | IOException e) {
      throw unreadable(file.toString(), e);
    }
  }

  // HOCON would drop the earlier of the two without a word.
  private static void requireWorkersOnce(Path file) throws IOException {
    String text = Files.readString(file);
    if (WORKERS_NUMBER.matcher(text).find() && WORKERS_SECTION.matcher(text).find()) {
      throw new UserException(
          "Cannot read "
              + file
              + ": workers is both a number and a section (write workers { count = ..., min = ... })");
    }
  }

  // Layer by layer, because in a merge the number would replace the section.
  private static Config withWorkersInFull(Config layer) {
    ConfigValue workers = layer.root().get(WorkersSettings.KEY);
    return workers == null || workers instanceof ConfigObject
        ? layer
        : layer.withoutPath(WorkersSettings.KEY).withValue(WorkersSettings.COUNT, workers);
  }

  private Config override(String set) {
    int equals = set.indexOf('=');
    if (equals < 1) {
      throw new UserException("Invalid --set: " + set + " (must be key=value)");
    }
    String key = set.substring(0, equals).strip();
    String text = set.substring(equals + 1).strip();
    try {
      Object value = value(key, text);
      List<String> path = ConfigUtil.splitPath(key);
      for (int i = path.size() - 1; i >= 0; i--) {
        value = ConfigValueFactory.fromMap(Map.of(path.get(i), value), OVERRIDE);
      }
      return ((ConfigObject) value).toConfig();
    } catch (ConfigException e) {
      throw new UserException("Invalid --set: " + set + " (must be key=value in HOCON)", e);
    }
  }

  /**
   * Only lists and sections are HOCON: a path such as {@code hdfs://host/dir} is taken as it is.
   */
  private ConfigValue value(String key, String text) {
    boolean structured =
        schema.isSection(key) && text.startsWith("{")
            || schema.values().get(key) instanceof ParameterizedType type
                && type.getRawType() == List.class;
    return structured
        ? ConfigFactory.parseString(
                "value = " + text, ConfigParseOptions.defaults().setOriginDescription(OVERRIDE))
            .getValue("value")
        : ConfigValueFactory.fromAnyRef(text, OVERRIDE);
  }

  private Config resolve(Config merged) {
    try {
      return merged.resolve(
          ConfigResolveOptions.defaults()
              .setUseSystemEnvironment(false)
              .appendResolver(new Environment(environment)));
    } catch (ConfigException.UnresolvedSubstitution e) {
      Matcher name = SUBSTITUTION.matcher(e.getMessage());
      String variable = name.find() ? name.group(1) : "a substitution";
      throw new UserException(
          "Cannot read "
              + Location.name(e.origin())
              + ": environment variable "
              + variable
              + " is not set (export it, or override the key with --set)",
          e);
    } catch (ConfigException e) {
      throw unreadable("the configuration", e);
    }
  }

  private static Config withModelName(Config config, Path file) {
    if (!config.getValue("model.name").unwrapped().equals("")) {
      return config;
    }
    String name = file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
    return config.withValue("model.name", ConfigValueFactory.fromAnyRef(name, file.toString()));
  }

  private static UserException unreadable(String what, Exception e) {
    ConfigOrigin origin = e instanceof ConfigException parsing ? parsing.origin() : null;
    String where = origin == null ? what : Location.name(origin);
    String reason = String.valueOf(e.getMessage()).replaceFirst("^.*?: \\d+: ", "");
    return new UserException("Cannot read " + where + ": " + reason, e);
  }

  /** Environment variables as a source of substitutions. */
  private record Environment(Map<String, String> variables) implements ConfigResolver {
    @Override
    public ConfigValue lookup(String path) {
      String value = variables.get(path);
      return value == null
          ? null
          : ConfigValueFactory.fromAnyRef(value, "environment variable " + path);
    }

    @Override
    public ConfigResolver withFallback(ConfigResolver fallback) {
      return this;
    }
  }
}
