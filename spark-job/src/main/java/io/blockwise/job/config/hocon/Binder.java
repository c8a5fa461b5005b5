package io.blockwise.job.config.hocon;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.blockwise.base.InvalidValueException;
import io.blockwise.base.Names;
import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Makes records of a resolved configuration.
 *
 * <p>A component is an {@code int}, {@code long}, {@code double}, {@code boolean}, {@code String},
 * {@link Duration}, an enum, a type with a static {@code parse(String)}, a record (a section), an
 * {@link Optional} (empty for {@code ""} and {@code null}), a {@link List}, or a sealed interface
 * of records: an object whose {@code type} names one of them. Fields that it leaves out are taken
 * from the section of that name; those that a record in a list leaves out, from the section that
 * holds the list.
 *
 * <p>Used by one thread.
 */
final class Binder {
  /** The sections of layers. */
  private static final String LAYER_DEFAULTS = "network.defaults.";

  /** Digits of other scripts would be digits to Java's parsers. */
  private static final Pattern NUMBER = Pattern.compile("[ -~]{1,100}");

  private final Config root;
  private final Sources sources;

  private Binder(Config root, Sources sources) {
    this.root = root;
    this.sources = sources;
  }

  /**
   * Binds all keys of {@code config}; a component of type {@link Sources} is no key, but {@code
   * sources}.
   *
   * @throws UserException if a value has the wrong type or breaks a rule of its record
   */
  static <T extends Record> T bind(Class<T> type, Config config, Sources sources) {
    return type.cast(new Binder(config, sources).record(type, "", config.root()));
  }

  private Object record(Class<?> type, String path, ConfigObject section) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = component(components[i], path, section);
    }
    try {
      return construct(type, components, values);
    } catch (InvalidValueException e) {
      throw refused(path, section, e);
    }
  }

  private Object component(RecordComponent component, String path, ConfigObject section) {
    if (component.getType() == Sources.class) {
      return sources;
    } else if (component.isAnnotationPresent(Inline.class)) {
      return record(component.getType(), path, section);
    }
    String key = Schema.key(component);
    return value(component.getGenericType(), join(path, key), field(path, key, section), section);
  }

  private static ConfigValue field(String path, String key, ConfigObject section) {
    ConfigValue value = section.get(key);
    if (value == null) {
      throw UserException.cannot(
          "read " + path + Location.of(section), key + " is missing", "add " + key + " = ...");
    }
    return value;
  }

  private Object value(Type type, String path, ConfigValue value, ConfigObject holder) {
    if (type instanceof ParameterizedType generic) {
      Type element = generic.getActualTypeArguments()[0];
      return generic.getRawType() == List.class
          ? list(element, path, value, holder)
          : optional(element, path, value, holder);
    }
    Class<?> plain = (Class<?>) type;
    if (Schema.isSection(plain)) {
      return record(plain, path, (ConfigObject) value);
    }
    return Schema.isChoice(plain) ? kind(plain, path, value) : scalar(plain, path, value);
  }

  private Object optional(Type element, String path, ConfigValue value, ConfigObject holder) {
    boolean absent = value.valueType() == ConfigValueType.NULL || value.unwrapped().equals("");
    return absent ? Optional.empty() : Optional.of(value(element, path, value, holder));
  }

  private List<Object> list(Type element, String path, ConfigValue value, ConfigObject holder) {
    if (element == Integer.class && !(value.unwrapped() instanceof List)) {
      return List.of(value(element, path, value, holder)); // hidden = 128 for hidden = [128]
    }
    if (!(value instanceof ConfigList elements)) {
      throw refused(path, value, "must be a list [...]");
    }
    List<Object> bound = new ArrayList<>();
    for (ConfigValue each : elements) {
      String place = path + "[" + (bound.size() + 1) + "]";
      bound.add(
          element instanceof Class<?> type && Schema.isSection(type)
              ? entry(type, place, each, holder)
              : value(element, place, each, holder));
    }
    return bound;
  }

  private Object entry(Class<?> type, String path, ConfigValue value, ConfigObject holder) {
    if (!(value instanceof ConfigObject given)) {
      throw refused(path, value, "must be an object { ... }");
    }
    new KnownKeys(new Schema(path + ".", type)).check(path + ".", given);
    return record(type, path, over(holder, given).withOrigin(given.origin()));
  }

  private Object kind(Class<?> sealed, String path, ConfigValue value) {
    if (!(value instanceof ConfigObject fields)) {
      throw refused(path, value, "must be an object { type = ... }");
    }
    ConfigValue name = field(path, "type", fields);
    checkSections(sealed);
    List<String> names = new ArrayList<>();
    for (Class<?> permitted : sealed.getPermittedSubclasses()) {
      names.add(Names.of(permitted));
      if (names.get(names.size() - 1).equals(name.unwrapped())) {
        return kindOf(permitted, path, fields.withoutKey("type"));
      }
    }
    String meant = String.valueOf(name.unwrapped());
    throw refused(join(path, "type"), name, Nearest.oneOf(names, meant));
  }

  /** Also of what is not chosen, so that no value goes unread. */
  private void checkSections(Class<?> sealed) {
    for (Class<?> kind : sealed.getPermittedSubclasses()) {
      if (root.hasPath(Names.of(kind))) {
        record(kind, Names.of(kind), root.getObject(Names.of(kind)));
      }
    }
  }

  private Object kindOf(Class<?> type, String path, ConfigObject given) {
    List<String> known =
        Arrays.stream(type.getRecordComponents()).map(c -> join(path, Schema.key(c))).toList();
    given.forEach(
        (key, value) -> {
          if (!known.contains(join(path, key))) {
            throw KnownKeys.unknown(join(path, key), value, known);
          }
        });
    ConfigObject complete = given;
    for (String defaults : List.of(LAYER_DEFAULTS + Names.of(type), Names.of(type))) {
      complete = root.hasPath(defaults) ? over(root.getObject(defaults), complete) : complete;
    }
    return record(type, path, complete.withOrigin(given.origin()));
  }

  /** Field by field, since an object that stood over a text falls back on nothing any more. */
  private static ConfigObject over(ConfigObject defaults, ConfigObject given) {
    ConfigObject complete = defaults;
    for (Map.Entry<String, ConfigValue> field : given.entrySet()) {
      ConfigValue value = field.getValue().withFallback(complete.get(field.getKey()));
      complete = complete.withValue(field.getKey(), value);
    }
    return complete;
  }

  private static Object scalar(Class<?> type, String path, ConfigValue value) {
    if (value.unwrapped() == null || value instanceof ConfigObject || value instanceof ConfigList) {
      throw refused(path, value, "must be " + expected(type));
    }
    String text = value.unwrapped().toString();
    if (type == String.class && !Printable.isPrintable(text)) {
      throw refused(path, value, "must not contain control characters");
    }
    try {
      return scalar(type, path, text, value);
    } catch (InvalidValueException e) {
      throw refused(path, value, e.rule());
    } catch (NumberFormatException | ArithmeticException | ConfigException e) {
      throw refused(path, value, "must be " + expected(type));
    }
  }

  private static Object scalar(Class<?> type, String path, String text, ConfigValue value) {
    Optional<Method> parser = Schema.parser(type);
    if (type == String.class) {
      return text;
    } else if (parser.isPresent()) {
      return parsed(parser.get(), text);
    } else if (type.isEnum()) {
      return constant(type.asSubclass(Enum.class), path, text);
    }
    return number(type, text, value);
  }

  private static Object number(Class<?> type, String text, ConfigValue value) {
    if (!NUMBER.matcher(text).matches()) {
      throw new NumberFormatException();
    } else if (type == int.class || type == Integer.class) {
      return new BigDecimal(text).intValueExact();
    } else if (type == long.class || type == Long.class) {
      return new BigDecimal(text).longValueExact();
    } else if (type == double.class || type == Double.class) {
      return new BigDecimal(text).doubleValue();
    } else if (type == boolean.class) {
      return value.atKey("value").getBoolean("value");
    } else if (type == Duration.class) {
      return value.atKey("value").getDuration("value");
    }
    throw new AssertionError("A component that cannot be bound: " + type);
  }

  private static String expected(Class<?> type) {
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return "a whole number";
    } else if (type == double.class || type == Double.class) {
      return "a number";
    } else if (type == boolean.class) {
      return "true or false";
    }
    return type == Duration.class ? "a time such as 500ms or 2s" : "one word or text";
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Object constant(Class<? extends Enum> type, String path, String text) {
    return Names.parse(path, type, text);
  }

  private static Object parsed(Method parser, String text) {
    try {
      return parser.invoke(null, text);
    } catch (InvocationTargetException e) {
      throw unchecked(e.getCause());
    } catch (IllegalAccessException e) {
      throw new AssertionError("A public method that cannot be called: " + parser, e);
    }
  }

  private static Object construct(Class<?> type, RecordComponent[] components, Object[] values) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw unchecked(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new AssertionError("A record without its constructor: " + type, e);
    }
  }

  private static RuntimeException unchecked(Throwable cause) {
    return cause instanceof RuntimeException exception
        ? exception
        : new IllegalStateException(cause);
  }

  /** A record may name its keys in full, from any word on, or by their last word. */
  private UserException refused(String path, ConfigObject section, InvalidValueException e) {
    Optional<String> own = ownKey(section.toConfig(), e.key());
    if (own.isPresent()) {
      ConfigValue value = section.toConfig().getValue(own.get());
      return refused(join(path, own.get()), e.value(), value, e.rule());
    }
    if (root.hasPath(e.key())) {
      return refused(e.key(), e.value(), root.getValue(e.key()), e.rule());
    }
    String key = e.key().substring(e.key().lastIndexOf('.') + 1);
    return refused(join(path, key), e.value(), section.get(key), e.rule());
  }

  /** The longest end of a key that the section has. */
  private static Optional<String> ownKey(Config section, String key) {
    if (section.hasPath(key)) {
      return Optional.of(key);
    }
    int dot = key.indexOf('.');
    return dot < 0 ? Optional.empty() : ownKey(section, key.substring(dot + 1));
  }

  private static UserException refused(String path, ConfigValue value, String rule) {
    return UserException.invalid(path, Sources.shown(value) + Location.of(value), rule);
  }

  /** With the value as the record shows it, unless that would give away a variable's. */
  private static UserException refused(String path, String shown, ConfigValue value, String rule) {
    if (value != null && Sources.isFromEnvironment(value)) {
      return refused(path, value, rule);
    }
    return UserException.invalid(path, shown + Location.of(value), rule);
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
