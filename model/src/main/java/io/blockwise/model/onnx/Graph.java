package io.blockwise.model.onnx;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph that grows: operators on named values, every value given once. Operators stand behind
 * those that give what they read. Used by one thread.
 */
final class Graph {
  private final Set<String> names;
  private final List<ProtoMessage> nodes = new ArrayList<>();
  private final List<ProtoMessage> initialisers = new ArrayList<>();
  private final List<ProtoMessage> inputs = new ArrayList<>();
  private final List<ProtoMessage> outputs = new ArrayList<>();

  /** Small tensors that several operators read, by what is in them. */
  private final Map<List<?>, String> constants = new HashMap<>();

  /**
   * @param outside names of inputs and outputs, which nothing else gets
   */
  Graph(Set<String> outside) {
    names = new HashSet<>(outside);
  }

  /**
   * A value that is given from outside.
   *
   * @param name one of those outside
   * @param sizes a {@code Long}, or the name of one that is free
   */
  String input(String name, ElementType type, List<?> sizes) {
    inputs.add(Proto.value(name, type, sizes));
    return name;
  }

  /** Gives a value to the outside, by one of the names there. */
  void output(String value, String name, List<?> sizes) {
    nodes.add(Proto.node("Identity", name, List.of(value), List.of(name), List.of()));
    outputs.add(Proto.value(name, ElementType.FLOAT, sizes));
  }

  /**
   * What an operator of one output gives.
   *
   * @param at what of the network it belongs to, before its name: {@code block1/layers.0}
   */
  String add(String at, String operator, List<String> inputs, Attribute... attributes) {
    return add(1, at, operator, inputs, attributes).get(0);
  }

  /**
   * What an operator gives.
   *
   * @param inputs an empty one is left out
   */
  List<String> add(
      int count, String at, String operator, List<String> inputs, Attribute... attributes) {
    String name = named(at + "/" + operator);
    List<String> outputs = new ArrayList<>(List.of(name));
    for (int i = 1; i < count; i++) {
      outputs.add(named(name + "." + i));
    }
    nodes.add(Proto.node(operator, name, inputs, outputs, List.of(attributes)));
    return outputs;
  }

  /** A tensor of floats, its parts one behind the other. */
  String tensor(String name, List<Integer> sizes, List<FloatBuffer> parts) {
    String own = named(name);
    initialisers.add(Proto.tensor(own, sizes.stream().map(Integer::longValue).toList(), parts));
    return own;
  }

  /** A tensor of few floats. */
  String tensor(String name, List<Integer> sizes, float... values) {
    return tensor(name, sizes, List.of(FloatBuffer.wrap(values)));
  }

  /** A vector of integers. */
  String integers(Long... values) {
    return integers(List.of((long) values.length), List.of(values));
  }

  /** A single integer, without an axis. */
  String integer(long value) {
    return integers(List.of(), List.of(value));
  }

  private String integers(List<Long> sizes, List<Long> values) {
    return constants.computeIfAbsent(
        List.of(sizes, values),
        content -> {
          String own = named("constant/integers");
          initialisers.add(Proto.integers(own, sizes, values));
          return own;
        });
  }

  /** A single float, without an axis. */
  String real(float value) {
    return constants.computeIfAbsent(
        List.of(value), content -> tensor("constant/float", List.of(), value));
  }

  ProtoMessage message(String name) {
    return Proto.graph(name, nodes, initialisers, inputs, outputs);
  }

  /** Takes a name, with a number behind it where it is taken. */
  private String named(String name) {
    String own = name;
    for (int i = 2; !names.add(own); i++) {
      own = name + "." + i;
    }
    return own;
  }
}
