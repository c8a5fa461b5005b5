package io.blockwise.job.config.hocon;

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
import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a record of a file over the defaults in {@code reference.conf}, with overrides over both.
 * Immutable.
 */
public final class HoconReader<T extends Record> {
  private static final String OVERRIDE = "--set";
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{\\??([^}]*)}");

  private final Class<T> type;
  private final Schema schema;
  private final Map<String, String> environment;
  private final BiFunction<Path, Config, Config> completion;

  /**
   * Of one type.
   *
   * @param environment where substitutions that are no keys are looked up
   * @param completion puts in what follows from the file and from other keys, into a resolved
   *     configuration whose keys are all known
   */
  public HoconReader(
      Class<T> type, Map<String, String> environment, BiFunction<Path, Config, Config> completion) {
    this.type = type;
    this.schema = new Schema(type);
    this.environment = Map.copyOf(environment);
    this.completion = completion;
  }

  /** Every key with its default. */
  public static Config defaults() {
    return ConfigFactory.parseURL(Location.referenceFile());
  }

  /**
   * Reads in some way.
   *
   * @throws UserException also for what the library could only fail on
   */
  public <R> R guarded(Path file, Supplier<R> reading) {
    try {
      return reading.get();
    } catch (StackOverflowError | OutOfMemoryError e) {
      throw UserException.cannot(
          "read " + file,
          "it is nested too deeply, or too much of it refers to the rest",
          "use fewer levels",
          e);
    }
  }

  /**
   * What a file and overrides give over the defaults, with substitutions resolved and no key
   * checked yet.
   *
   * @throws UserException if the file cannot be read, an override is none, or a substitution leads
   *     nowhere
   */
  public Config merged(Path file, List<String> sets) {
    return resolved(given(file, sets));
  }

  /**
   * What a file and overrides say, with substitutions as they stand there.
   *
   * @throws UserException if the file cannot be read, or an override is none
   */
  public Config given(Path file, List<String> sets) {
    return overrides(sets).withFallback(parse(file));
  }

  /**
   * What was given over the defaults, with substitutions resolved: they see what is given last of a
   * key.
   *
   * @throws UserException if there is no such key and no such environment variable
   */
  public Config resolved(Config given) {
    KeyCycles.refuse(given.root());
    return resolve(given.withFallback(defaults()));
  }

  /**
   * Overrides alone, with substitutions as they stand there.
   *
   * @throws UserException if one is none
   */
  public Config overrides(List<String> sets) {
    Config all = ConfigFactory.empty();
    for (String set : sets) {
      all = override(set).withFallback(all);
    }
    return all;
  }

  /**
   * The record of a resolved configuration.
   *
   * @param file that {@code completion} is told
   * @throws UserException if a key or value is refused
   */
  public T bind(Path file, Config merged) {
    new KnownKeys(schema).check(merged.root());
    return Binder.bind(type, completion.apply(file, merged), Sources.of(merged, environment));
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
      List<String> path = ConfigUtil.splitPath(WorkersShorthand.inFull(key, text));
      for (int i = path.size() - 1; i >= 0; i--) {
        value = ConfigValueFactory.fromMap(Map.of(path.get(i), value), OVERRIDE);
      }
      return ((ConfigObject) value).toConfig();
    } catch (ConfigException e) {
      throw new UserException(
          "Invalid --set: " + Printable.of(set) + " (must be key=value in HOCON)", e);
    }
  }

  /**
   * Only lists and sections are HOCON: a path such as {@code hdfs://host/dir} is taken as it is. Of
   * keys that the record does not have, what looks like one.
   */
  private ConfigValue value(String key, String text) {
    boolean structured =
        isChoice(key) && text.startsWith("{")
            || !schema.isValue(key) && (text.startsWith("{") || text.startsWith("["))
            || schema.values().get(key) instanceof ParameterizedType type
                && type.getRawType() == List.class;
    return structured
        ? ConfFiles.parse("value = " + text, OVERRIDE).getValue("value")
        : ConfigValueFactory.fromAnyRef(text, OVERRIDE);
  }

  private boolean isChoice(String key) {
    Type type = schema.values().get(key);
    boolean optional = type instanceof ParameterizedType of && of.getRawType() == Optional.class;
    Type meant = optional ? ((ParameterizedType) type).getActualTypeArguments()[0] : type;
    return meant instanceof Class<?> plain && Schema.isChoice(plain);
  }

  private Config resolve(Config merged) {
    try {
      return merged.resolve(substitutions());
    } catch (ConfigException.UnresolvedSubstitution e) {
      Matcher name = SUBSTITUTION.matcher(e.getMessage());
      String variable = name.find() ? name.group(1) : "a substitution";
      throw new UserException(
          "Cannot read " + Location.name(e.origin()) + ": " + unresolved(variable), e);
    } catch (ConfigException e) {
      throw unreadable("the configuration", e);
    }
  }

  private ConfigResolveOptions substitutions() {
    return ConfigResolveOptions.defaults()
        .setUseSystemEnvironment(false)
        .appendResolver(new Environment(environment));
  }

  private static String unresolved(String name) {
    return VARIABLE.matcher(name).matches()
        ? "environment variable " + name + " is not set (export it, or override the key with --set)"
        : "there is neither a key nor an environment variable "
            + Printable.of(name)
            + " (correct the name)";
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
