package io.blockwise.job.report.tensorboard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * A message as a record of TensorFlow's files (TFRecord): its length, the length's checksum, the
 * message, its checksum.
 */
final class RecordFrame {
  private static final int MASK = 0xa282ead8;

  private RecordFrame() {}

  static byte[] of(byte[] message) {
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    length.putLong(0, message.length);
    return ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + message.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(length.array())
        .putInt(masked(length.array()))
        .put(message)
        .putInt(masked(message))
        .array();
  }

  /** A checksum that is stored beside its bytes is masked, so that it is not checked itself. */
  private static int masked(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }
}
