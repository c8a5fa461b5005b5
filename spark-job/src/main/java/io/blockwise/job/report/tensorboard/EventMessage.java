package io.blockwise.job.report.tensorboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * TensorFlow's message {@code Event} in protobuf's wire format, as much of it as scalars need:
 * {@code Event {1: double wall_time, 2: int64 step, 3: string file_version, 5: Summary}}, {@code
 * Summary {1: repeated Value}}, {@code Value {1: string tag, 2: float simple_value}}.
 */
final class EventMessage {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private EventMessage() {}

  /** The message that begins a file. */
  static byte[] version(double seconds) {
    EventMessage event = new EventMessage().put(1, seconds);
    return event.put(3, "brain.Event:2".getBytes(UTF_8)).bytes.toByteArray();
  }

  /** Scalars by their tags. */
  static byte[] scalars(double seconds, long step, Map<String, Double> scalars) {
    EventMessage summary = new EventMessage();
    scalars.forEach(
        (tag, value) -> {
          if (Double.isFinite(value)) {
            EventMessage scalar = new EventMessage().put(1, tag.getBytes(UTF_8));
            summary.put(1, scalar.put(2, value.floatValue()).bytes.toByteArray());
          }
        });
    EventMessage event = new EventMessage().put(1, seconds);
    event.key(2, VARINT);
    event.varint(step);
    return event.put(5, summary.bytes.toByteArray()).bytes.toByteArray();
  }

  private EventMessage put(int field, double value) {
    key(field, FIXED_64);
    bytes.writeBytes(little(Double.BYTES).putDouble(value).array());
    return this;
  }

  private EventMessage put(int field, float value) {
    key(field, FIXED_32);
    bytes.writeBytes(little(Float.BYTES).putFloat(value).array());
    return this;
  }

  private EventMessage put(int field, byte[] value) {
    key(field, BYTES);
    varint(value.length);
    bytes.writeBytes(value);
    return this;
  }

  private static ByteBuffer little(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void key(int field, int type) {
    varint((long) field << 3 | type);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }
}
