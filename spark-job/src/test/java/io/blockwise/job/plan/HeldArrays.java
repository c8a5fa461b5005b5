package io.blockwise.job.plan;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** Counts the bytes of the arrays of numbers that Blockwise's objects hold, each once. */
final class HeldArrays {
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Object> waiting = new ArrayDeque<>();

  private HeldArrays() {}

  /**
   * Bytes of all arrays that are reachable from some objects.
   *
   * @param without a type whose objects are not looked into
   */
  static long bytes(Collection<?> roots, Class<?> without) throws IllegalAccessException {
    HeldArrays held = new HeldArrays();
    roots.forEach(held::add);
    long bytes = 0;
    while (!held.waiting.isEmpty()) {
      Object next = held.waiting.pop();
      if (next.getClass().isArray() && next.getClass().getComponentType().isPrimitive()) {
        bytes += bytes(next);
      } else if (!without.isInstance(next)) {
        held.follow(next);
      }
    }
    return bytes;
  }

  private static long bytes(Object array) {
    Class<?> element = array.getClass().getComponentType();
    int size = element == byte.class ? 1 : element == float.class || element == int.class ? 4 : 8;
    return (long) Array.getLength(array) * size;
  }

  private void add(Object object) {
    if (object != null && seen.add(object)) {
      waiting.push(object);
    }
  }

  private void follow(Object object) throws IllegalAccessException {
    if (object instanceof Object[] array) {
      for (Object element : array) {
        add(element);
      }
    } else if (object instanceof Collection<?> collection) {
      collection.forEach(this::add);
    } else if (object instanceof AtomicReference<?> reference) {
      add(reference.get());
    } else if (object.getClass().getName().startsWith("io.blockwise.")) {
      for (Class<?> type = object.getClass(); type != Object.class; type = type.getSuperclass()) {
        for (Field field : type.getDeclaredFields()) {
          follow(object, field);
        }
      }
    }
  }

  private void follow(Object object, Field field) throws IllegalAccessException {
    if (!field.getType().isPrimitive() && !Modifier.isStatic(field.getModifiers())) {
      field.setAccessible(true);
      add(field.get(object));
    }
  }
}
