package io.blockwise.job.config.hocon;

import io.blockwise.base.Named;
import io.blockwise.base.Names;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The keys of a record and of the records in it, in declared order: {@code training.batch-size} is
 * component {@code batchSize} of the record in component {@code training}.
 *
 * <p>A record is a section of keys, unless it has a static {@code parse(String)}: such a type is
 * one value. So is a sealed interface, whose records have sections of their own names beside it,
 * for what the value leaves out, and a list. Immutable.
 */
public final class Schema {
  private final Map<String, Type> values = new LinkedHashMap<>();
  private final Set<String> sections = new LinkedHashSet<>();

  /** The keys of a record. */
  public Schema(Class<? extends Record> type) {
    this("", type);
  }

  /** The keys of a record that stands at a place such as {@code training.per-block[1].}. */
  Schema(String prefix, Class<?> type) {
    add(prefix, type);
  }

  /** Every key that has a value, with its type. */
  public Map<String, Type> values() {
    return Collections.unmodifiableMap(values);
  }

  boolean isSection(String path) {
    return sections.contains(path);
  }

  boolean isValue(String path) {
    return values.containsKey(path);
  }

  /** All paths, of sections and of values. */
  List<String> paths() {
    List<String> paths = new ArrayList<>(sections);
    paths.addAll(values.keySet());
    return paths;
  }

  private void add(String prefix, Class<?> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      String path = prefix + key(component);
      if (component.getType() == Sources.class) {
        continue; // no key
      }
      if (component.isAnnotationPresent(Inline.class)) {
        add(prefix, component.getType());
      } else if (isSection(component.getType())) {
        sections.add(path);
        add(path + ".", component.getType());
      } else {
        values.put(path, component.getGenericType());
        addKinds(prefix, component.getType());
      }
    }
  }

  private void addKinds(String prefix, Class<?> type) {
    for (Class<?> kind : isChoice(type) ? type.getPermittedSubclasses() : new Class<?>[0]) {
      if (kind.getRecordComponents().length > 0) {
        sections.add(prefix + Names.of(kind));
        add(prefix + Names.of(kind) + ".", kind);
      }
    }
  }

  /** Whether a value is one of several records, which its {@code type} names. */
  static boolean isChoice(Class<?> type) {
    // An enum whose constants have bodies is sealed, too.
    return type.isSealed() && !type.isEnum();
  }

  static boolean isSection(Class<?> type) {
    return type.isRecord() && parser(type).isEmpty();
  }

  /** The method that reads a type from text, if the type has one. */
  static Optional<Method> parser(Class<?> type) {
    try {
      Method parse = type.getMethod("parse", String.class);
      boolean fits = Modifier.isStatic(parse.getModifiers()) && parse.getReturnType() == type;
      return fits ? Optional.of(parse) : Optional.empty();
    } catch (NoSuchMethodException e) {
      return Optional.empty();
    }
  }

  /** What a component is called in a file. */
  public static String key(RecordComponent component) {
    Named name = component.getAnnotation(Named.class);
    return name == null ? Names.kebab(component.getName()) : name.value();
  }
}
