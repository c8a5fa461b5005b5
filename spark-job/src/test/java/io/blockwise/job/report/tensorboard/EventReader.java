package io.blockwise.job.report.tensorboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads event files of scalars as TensorBoard does, checksums included. */
public final class EventReader {
  private EventReader() {}

  /** An event; a version is that of the file. */
  public record Event(double seconds, long step, String version, Map<String, Float> scalars) {}

  /** All events of a file. */
  public static List<Event> read(byte[] file) {
    List<Event> events = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      byte[] length = bytes(in, 8);
      assertThat(in.getInt()).isEqualTo(masked(length));
      byte[] message = bytes(in, (int) little(length).getLong());
      assertThat(in.getInt()).isEqualTo(masked(message));
      events.add(event(little(message)));
    }
    return events;
  }

  private static Event event(ByteBuffer in) {
    double seconds = Double.NaN;
    long step = 0;
    String version = "";
    Map<String, Float> scalars = new LinkedHashMap<>();
    while (in.hasRemaining()) {
      switch ((int) varint(in)) {
        case 1 << 3 | 1 -> seconds = in.getDouble();
        case 2 << 3 -> step = varint(in);
        case 3 << 3 | 2 -> version = new String(bytes(in, (int) varint(in)), UTF_8);
        case 5 << 3 | 2 -> summary(little(bytes(in, (int) varint(in))), scalars);
        default -> throw new AssertionError("another field");
      }
    }
    return new Event(seconds, step, version, scalars);
  }

  private static void summary(ByteBuffer in, Map<String, Float> scalars) {
    while (in.hasRemaining()) {
      assertThat(varint(in)).isEqualTo(1 << 3 | 2);
      ByteBuffer value = little(bytes(in, (int) varint(in)));
      assertThat(varint(value)).isEqualTo(1 << 3 | 2);
      String tag = new String(bytes(value, (int) varint(value)), UTF_8);
      assertThat(varint(value)).isEqualTo(2 << 3 | 5);
      scalars.put(tag, value.getFloat());
      assertThat(value.hasRemaining()).isFalse();
    }
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] bytes(ByteBuffer in, int count) {
    byte[] bytes = new byte[count];
    in.get(bytes);
    return bytes;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  static int masked(byte[] bytes) {
    int crc = crc32c(bytes);
    return ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
  }

  /** Bit by bit, by Castagnoli's polynomial. */
  static int crc32c(byte[] bytes) {
    int crc = -1;
    for (byte next : bytes) {
      crc ^= next & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = crc >>> 1 ^ ((crc & 1) * 0x82f63b78);
      }
    }
    return ~crc;
  }
}
