package io.blockwise.model.onnx;

import java.util.List;

/**
 * A setting of an operator. Immutable.
 *
 * @param message an {@code AttributeProto}, to which nothing is added
 */
record Attribute(ProtoMessage message) {
  private static final int NAME = 1;
  private static final int FLOAT = 2;
  private static final int INT = 3;
  private static final int STRING = 4;
  private static final int INTS = 8;
  private static final int TYPE = 20;

  private static final int OF_FLOAT = 1;
  private static final int OF_INT = 2;
  private static final int OF_STRING = 3;
  private static final int OF_INTS = 7;

  static Attribute real(String name, double value) {
    return of(name, OF_FLOAT, message -> message.real(FLOAT, (float) value));
  }

  static Attribute number(String name, long value) {
    return of(name, OF_INT, message -> message.number(INT, value));
  }

  static Attribute text(String name, String value) {
    return of(name, OF_STRING, message -> message.text(STRING, value));
  }

  static Attribute numbers(String name, List<Long> values) {
    return of(name, OF_INTS, message -> message.numbers(INTS, values));
  }

  /** A number for each of the two directions of a map. */
  static Attribute square(String name, long side) {
    return numbers(name, List.of(side, side));
  }

  /** Which element a {@code Cast} gives. */
  static Attribute to(ElementType type) {
    return number("to", type.number());
  }

  private interface Value {
    ProtoMessage into(ProtoMessage message);
  }

  private static Attribute of(String name, int type, Value value) {
    ProtoMessage named = new ProtoMessage().text(NAME, name);
    return new Attribute(value.into(named).number(TYPE, type));
  }
}
