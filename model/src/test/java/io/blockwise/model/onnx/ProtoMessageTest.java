package io.blockwise.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProtoMessageTest {
  private static byte[] written(ProtoMessage message) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    message.writeTo(CodedOutputStream.newInstance(bytes));
    assertThat((long) bytes.size()).isEqualTo(message.bytes());
    return bytes.toByteArray();
  }

  private static CodedInputStream read(ProtoMessage message) throws IOException {
    return CodedInputStream.newInstance(written(message));
  }

  private static void next(CodedInputStream in, int field, int type) throws IOException {
    int tag = in.readTag();
    assertThat(tag >>> 3).isEqualTo(field);
    assertThat(tag & 7).isEqualTo(type);
  }

  @Test
  void fieldsAreReadAsTheyWereAdded() throws IOException {
    ProtoMessage message =
        new ProtoMessage()
            .number(1, -3)
            .numbers(2, List.of(0L, 1L << 40))
            .real(3, 0.1f)
            .text(20, "grün")
            .integers(4, List.of(7L, -1L));
    CodedInputStream in = read(message);
    next(in, 1, WireFormat.WIRETYPE_VARINT);
    assertThat(in.readInt64()).isEqualTo(-3);
    next(in, 2, WireFormat.WIRETYPE_VARINT);
    assertThat(in.readInt64()).isZero();
    next(in, 2, WireFormat.WIRETYPE_VARINT);
    assertThat(in.readInt64()).isEqualTo(1L << 40);
    next(in, 3, WireFormat.WIRETYPE_FIXED32);
    assertThat(in.readFloat()).isEqualTo(0.1f);
    next(in, 20, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    assertThat(in.readString()).isEqualTo("grün");
    next(in, 4, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    ByteBuffer integers =
        ByteBuffer.wrap(in.readBytes().toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(integers.getLong()).isEqualTo(7);
    assertThat(integers.getLong()).isEqualTo(-1);
    assertThat(in.isAtEnd()).isTrue();
  }

  @Test
  void messagesAreNestedWithTheirLength() throws IOException {
    ProtoMessage inner = new ProtoMessage().text(1, "x".repeat(300));
    ProtoMessage outer = new ProtoMessage().message(5, inner).message(5, new ProtoMessage());
    CodedInputStream in = read(outer);
    next(in, 5, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    int limit = in.pushLimit(in.readRawVarint32());
    next(in, 1, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    assertThat(in.readString()).hasSize(300);
    assertThat(in.isAtEnd()).isTrue();
    in.popLimit(limit);
    next(in, 5, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    assertThat(in.readRawVarint32()).isZero();
    assertThat(in.isAtEnd()).isTrue();
  }

  @Test
  void partsOfFloatsStandOneBehindTheOther() throws IOException {
    float[] values = new float[70_001]; // more than are written at once
    for (int i = 0; i < values.length; i++) {
      values[i] = i / 3f;
    }
    FloatBuffer all = FloatBuffer.wrap(values).asReadOnlyBuffer();
    List<FloatBuffer> parts = List.of(all.slice(1, 70_000), all.slice(0, 1));
    CodedInputStream in = read(new ProtoMessage().floats(9, parts));
    next(in, 9, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    FloatBuffer found =
        ByteBuffer.wrap(in.readBytes().toByteArray())
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    assertThat(found.remaining()).isEqualTo(70_001);
    for (int i = 0; i < 70_000; i++) {
      assertThat(found.get(i)).isEqualTo(values[i + 1]);
    }
    assertThat(found.get(70_000)).isEqualTo(values[0]);
  }
}
