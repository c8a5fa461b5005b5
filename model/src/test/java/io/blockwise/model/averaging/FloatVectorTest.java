package io.blockwise.model.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class FloatVectorTest {
  private static final FloatVector VECTOR =
      FloatVector.copyOf(new float[] {1f, -0f, Float.MIN_VALUE, Float.NaN, 5f});

  @Test
  void whatIsWrittenInPiecesIsReadAgain() {
    ByteBuffer first = ByteBuffer.allocate(8);
    ByteBuffer second = ByteBuffer.allocate(3 + 12).position(3);
    VECTOR.write(0, 2, first);
    VECTOR.write(2, 3, second);
    assertThat(first.hasRemaining() || second.hasRemaining()).isFalse();
    assertThat(first.array()).startsWith(0, 0, 0x80, 0x3f);
    List<ByteBuffer> pieces = List.of(first.flip(), second.flip().position(3));
    assertThat(FloatVector.read(pieces, 5)).isEqualTo(VECTOR);
  }

  @Test
  void severalVectorsAreReadOneBehindTheOther() {
    ByteBuffer all = ByteBuffer.allocate(20);
    VECTOR.write(0, 5, all);
    List<ByteBuffer> pieces = List.of(all.flip());
    assertThat(FloatVector.read(pieces, 2)).isEqualTo(FloatVector.copyOf(new float[] {1f, -0f}));
    assertThat(FloatVector.read(pieces, 3).at(2)).isEqualTo(5f);
    assertThat(all.remaining()).isZero();
  }

  @Test
  void fewerValuesThanExpectedAreRefused() {
    assertThatThrownBy(() -> FloatVector.read(List.of(ByteBuffer.allocate(11)), 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot read 3 values: there are only 2 (the message is cut)");
  }
}
