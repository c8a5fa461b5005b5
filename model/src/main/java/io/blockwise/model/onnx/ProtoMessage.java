package io.blockwise.model.onnx;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A protobuf message that knows its length before it is written, so that no part of a model has to
 * be in memory twice. Fields are written in the order in which they were added. Used by one thread.
 */
final class ProtoMessage {
  private static final int CHUNK_BYTES = 1 << 16;

  /** What writes a field, tag and length included. */
  private interface Field {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  private final List<Field> fields = new ArrayList<>();
  private long bytes;

  /** With an {@code int64}, {@code int32} or enum. */
  ProtoMessage number(int field, long value) {
    return add(
        CodedOutputStream.computeInt64Size(field, value), out -> out.writeInt64(field, value));
  }

  /** With a repeated {@code int64}, not packed, as in proto2. */
  ProtoMessage numbers(int field, List<Long> values) {
    values.forEach(value -> number(field, value));
    return this;
  }

  /** With a {@code float}. */
  ProtoMessage real(int field, float value) {
    return add(
        CodedOutputStream.computeFloatSize(field, value), out -> out.writeFloat(field, value));
  }

  /** With a {@code string}, or its UTF-8 as {@code bytes}. */
  ProtoMessage text(int field, String value) {
    return add(
        CodedOutputStream.computeStringSize(field, value), out -> out.writeString(field, value));
  }

  /** With a repeated {@code string}. */
  ProtoMessage texts(int field, List<String> values) {
    values.forEach(value -> text(field, value));
    return this;
  }

  /** With another message, to which nothing is added any more. */
  ProtoMessage message(int field, ProtoMessage value) {
    return delimited(field, value.bytes, value::writeFields);
  }

  /** With repeated messages. */
  ProtoMessage messages(int field, List<ProtoMessage> values) {
    values.forEach(value -> message(field, value));
    return this;
  }

  /**
   * With {@code bytes}: floats in little-endian order.
   *
   * @param parts one behind the other; read from their positions to their limits
   */
  ProtoMessage floats(int field, List<FloatBuffer> parts) {
    long length = parts.stream().mapToLong(part -> (long) Float.BYTES * part.remaining()).sum();
    return delimited(
        field,
        length,
        out -> {
          for (FloatBuffer part : parts) {
            write(part.duplicate(), out);
          }
        });
  }

  /** With {@code bytes}: 64-bit integers in little-endian order. */
  ProtoMessage integers(int field, List<Long> values) {
    ByteBuffer raw = ByteBuffer.allocate(Long.BYTES * values.size()).order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(raw::putLong);
    return delimited(
        field, raw.capacity(), out -> out.writeRawBytes(raw.array(), 0, raw.capacity()));
  }

  /** Of all fields together, without the message's own tag. */
  long bytes() {
    return bytes;
  }

  void writeTo(CodedOutputStream out) throws IOException {
    writeFields(out);
    out.flush();
  }

  private void writeFields(CodedOutputStream out) throws IOException {
    for (Field field : fields) {
      field.writeTo(out);
    }
  }

  private ProtoMessage delimited(int field, long length, Field content) {
    long ahead =
        (long) CodedOutputStream.computeTagSize(field)
            + CodedOutputStream.computeUInt64SizeNoTag(length);
    return add(
        ahead + length,
        out -> {
          out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
          out.writeUInt64NoTag(length);
          content.writeTo(out);
        });
  }

  private ProtoMessage add(long length, Field field) {
    bytes += length;
    fields.add(field);
    return this;
  }

  private static void write(FloatBuffer values, CodedOutputStream out) throws IOException {
    int most = Math.min(CHUNK_BYTES, Float.BYTES * values.remaining());
    ByteBuffer chunk = ByteBuffer.allocate(most).order(ByteOrder.LITTLE_ENDIAN);
    while (values.hasRemaining()) {
      int count = Math.min(chunk.capacity() / Float.BYTES, values.remaining());
      chunk.asFloatBuffer().put(values.slice().limit(count));
      values.position(values.position() + count);
      out.writeRawBytes(chunk.array(), 0, count * Float.BYTES);
    }
  }
}
