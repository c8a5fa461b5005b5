package io.blockwise.job.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.blockwise.base.FileNames;
import io.blockwise.base.InvalidValueException;
import io.blockwise.base.Names;
import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.model.spec.Method;
import java.lang.reflect.ParameterizedType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads settings: defaults, then a file, then overrides. Immutable. */
final class SettingsReader {
  private static final String OVERRIDE = "--set";
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{\\??([^}]*)}");
  private final Map<String, String> environment;
  private final Schema schema = new Schema(Settings.class);

  /** Substitutions that are no keys are looked up in {@code environment}. */
  SettingsReader(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  Settings read(Path file, List<String> sets) {
    try {
      return readWithin(file, sets);
    } catch (StackOverflowError | OutOfMemoryError e) {
      throw new UserException(
          "Cannot read "
              + file
              + ": it is nested too deeply, or too much of it refers to the rest (use fewer levels)",
          e);
    }
  }

  private Settings readWithin(Path file, List<String> sets) {
    Config given = parse(file);
    for (String set : sets) {
      given = override(set).withFallback(given);
    }
    KeyCycles.refuse(given.root());
    Config merged = resolve(given.withFallback(ConfigFactory.parseURL(Location.referenceFile())));
    new KnownKeys(schema).check(merged.root());
    return Binder.bind(
        Settings.class, withLossType(withModelName(merged, file)), Sources.of(merged, environment));
  }

  private static Config parse(Path file) {
    try {
      return ConfFiles.parse(file);
    } catch (ConfigException e) {
      throw unreadable(file.toString(), e);
    }
  }

  private Config override(String set) {
    int equals = set.indexOf('=');
    if (equals < 1) {
      throw new UserException("Invalid --set: " + Printable.of(set) + " (must be key=value)");
    }
    String key = set.substring(0, equals).strip();
    String text = set.substring(equals + 1).strip();
    try {
      Object value = value(key, text);
      List<String> path = ConfigUtil.splitPath(inFull(key, text));
      for (int i = path.size() - 1; i >= 0; i--) {
        value = ConfigValueFactory.fromMap(Map.of(path.get(i), value), OVERRIDE);
      }
      return ((ConfigObject) value).toConfig();
    } catch (ConfigException e) {
      throw new UserException(
          "Invalid --set: " + Printable.of(set) + " (must be key=value in HOCON)", e);
    }
  }

  private static String inFull(String key, String text) {
    return key.equals(WorkersSettings.KEY) && !text.startsWith("{") ? WorkersSettings.COUNT : key;
  }

  /**
   * Only lists and sections are HOCON: a path such as {@code hdfs://host/dir} is taken as it is.
   */
  private ConfigValue value(String key, String text) {
    boolean structured =
        (schema.isSection(key) || isChoice(key)) && text.startsWith("{")
            || schema.values().get(key) instanceof ParameterizedType type
                && type.getRawType() == List.class;
    return structured
        ? ConfFiles.parse("value = " + text, OVERRIDE).getValue("value")
        : ConfigValueFactory.fromAnyRef(text, OVERRIDE);
  }

  private boolean isChoice(String key) {
    return schema.values().get(key) instanceof Class<?> type && Schema.isChoice(type);
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
          "Cannot read " + Location.name(e.origin()) + ": " + unresolved(variable), e);
    } catch (ConfigException e) {
      throw unreadable("the configuration", e);
    }
  }

  private static String unresolved(String name) {
    return VARIABLE.matcher(name).matches()
        ? "environment variable " + name + " is not set (export it, or override the key with --set)"
        : "there is neither a key nor an environment variable "
            + Printable.of(name)
            + " (correct the name)";
  }

  private static Config withModelName(Config config, Path file) {
    if (!config.getValue("model.name").unwrapped().equals("")) {
      return config;
    }
    String name = file.getFileName().toString().replaceFirst("\\.[^.]*$", "").replace(' ', '-');
    try {
      FileNames.require("model.name", name);
    } catch (InvalidValueException e) {
      throw new UserException(
          "Cannot name the model after the file "
              + Printable.of(file.toString())
              + ": a name "
              + e.rule()
              + " (give the model one with --set model.name=NAME)",
          e);
    }
    return config.withValue("model.name", ConfigValueFactory.fromAnyRef(name, file.toString()));
  }

  /** With the method's loss where none is named. */
  private static Config withLossType(Config config) {
    ConfigValue loss = config.root().get("loss");
    boolean absent = loss.unwrapped() == null || loss.unwrapped().equals("");
    boolean unnamed = loss instanceof ConfigObject fields && !fields.containsKey("type");
    String method = String.valueOf(config.root().get("method").unwrapped());
    for (Method known : Method.values()) {
      if (Names.of(known).equals(method) && (absent || unnamed)) {
        Config open = absent ? config.withoutPath("loss") : config;
        return open.withValue("loss.type", ConfigValueFactory.fromAnyRef(known.loss(), "method"));
      }
    }
    return config; // an unknown method is refused when it is bound, which is before the loss
  }

  private static UserException unreadable(String what, ConfigException e) {
    ConfigOrigin origin = e.origin();
    String where = origin == null ? what : Location.name(origin);
    String reason = String.valueOf(e.getMessage()).replaceFirst("^.*?: \\d+: ", "");
    return new UserException("Cannot read " + where + ": " + Printable.of(reason), e);
  }

  /** Environment variables as a source of substitutions. */
  private record Environment(Map<String, String> variables) implements ConfigResolver {
    @Override
    public ConfigValue lookup(String path) {
      String value = variables.get(path);
      return value == null ? null : ConfigValueFactory.fromAnyRef(value, Sources.description(path));
    }

    @Override
    public ConfigResolver withFallback(ConfigResolver fallback) {
      return this;
    }
  }
}
