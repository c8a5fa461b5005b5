package io.blockwise.model.onnx;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/** Messages of {@code onnx.proto}, by its numbers of fields. */
final class Proto {
  /** Version of the format, the first that has {@link #OPSET}. */
  private static final int IR_VERSION = 8;

  /** Version of the operators. */
  static final int OPSET = 17;

  private Proto() {}

  /**
   * {@code ModelProto}.
   *
   * @param producer name and version of what wrote it
   * @param metadata for whoever reads the file
   */
  static ProtoMessage model(
      Map.Entry<String, String> producer, ProtoMessage graph, Map<String, String> metadata) {
    ProtoMessage model =
        new ProtoMessage()
            .number(1, IR_VERSION)
            .text(2, producer.getKey())
            .text(3, producer.getValue())
            .message(7, graph)
            .message(8, new ProtoMessage().text(1, "").number(2, OPSET));
    metadata.forEach(
        (key, value) -> model.message(14, new ProtoMessage().text(1, key).text(2, value)));
    return model;
  }

  /** {@code GraphProto}. */
  static ProtoMessage graph(
      String name,
      List<ProtoMessage> nodes,
      List<ProtoMessage> initialisers,
      List<ProtoMessage> inputs,
      List<ProtoMessage> outputs) {
    return new ProtoMessage()
        .messages(1, nodes)
        .text(2, name)
        .messages(5, initialisers)
        .messages(11, inputs)
        .messages(12, outputs);
  }

  /** {@code NodeProto}. */
  static ProtoMessage node(
      String operator,
      String name,
      List<String> inputs,
      List<String> outputs,
      List<Attribute> attributes) {
    return new ProtoMessage()
        .texts(1, inputs)
        .texts(2, outputs)
        .text(3, name)
        .text(4, operator)
        .messages(5, attributes.stream().map(Attribute::message).toList());
  }

  /** {@code TensorProto} of floats. */
  static ProtoMessage tensor(String name, List<Long> sizes, List<FloatBuffer> parts) {
    return new ProtoMessage()
        .numbers(1, sizes)
        .number(2, ElementType.FLOAT.number())
        .text(8, name)
        .floats(9, parts);
  }

  /** {@code TensorProto} of 64-bit integers. */
  static ProtoMessage integers(String name, List<Long> sizes, List<Long> values) {
    return new ProtoMessage()
        .numbers(1, sizes)
        .number(2, ElementType.INT64.number())
        .text(8, name)
        .integers(9, values);
  }

  /**
   * {@code ValueInfoProto}.
   *
   * @param sizes a number, or the name of a size that is free
   */
  static ProtoMessage value(String name, ElementType type, List<?> sizes) {
    ProtoMessage shape = new ProtoMessage();
    for (Object size : sizes) {
      ProtoMessage dimension = new ProtoMessage();
      shape.message(
          1,
          size instanceof Number number
              ? dimension.number(1, number.longValue())
              : dimension.text(2, size.toString()));
    }
    ProtoMessage tensor = new ProtoMessage().number(1, type.number()).message(2, shape);
    return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
  }
}
