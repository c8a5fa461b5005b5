package io.blockwise.job.exchange.wire;

import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.table.RowNumbers;
import io.blockwise.model.averaging.table.RowTable;
import io.blockwise.model.averaging.table.TableShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * What has changed in a table, behind the other values of a state, little-endian: {@code long
 * since, int offset, int rows, int width, int count}, then the numbers of so many rows as {@code
 * int}, and their values in fp32. Of no byte for a block without a table.
 */
final class EncodedTable {
  /** Bytes in front of the numbers. */
  static final int HEAD_BYTES = Long.BYTES + 4 * Integer.BYTES;

  private EncodedTable() {}

  /** Bytes of so many rows of a table. */
  static long bytes(long rows, int width) {
    return HEAD_BYTES + rows * (Integer.BYTES + (long) width * Float.BYTES);
  }

  /** How many {@link #write} writes. */
  static long bytes(RowTable table, long since) {
    return table.isNone() ? 0 : bytes(table.changedSince(since).count(), table.width());
  }

  /** The bytes of all rows that have changed after a version. */
  static byte[] write(RowTable table, long since) {
    if (table.isNone()) {
      return new byte[0];
    }
    RowNumbers changed = table.changedSince(since);
    int length = Math.toIntExact(bytes(changed.count(), table.width()));
    ByteBuffer into = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    TableShape shape = table.shape();
    into.putLong(since).putInt(shape.offset()).putInt(shape.rows()).putInt(shape.width());
    into.putInt(changed.count());
    for (int number : changed.shared()) {
      into.putInt(number);
    }
    for (int number : changed.shared()) {
      FloatVector.owning(table.row(number)).write(0, table.width(), into);
    }
    return into.array();
  }

  /**
   * Reads what is left in buffers. Takes no more room than these do, whatever they say.
   *
   * @param version of the state that it belongs to
   * @throws IllegalArgumentException if it is damaged
   */
  static RowTable read(List<ByteBuffer> left, long version) {
    ByteBuffer from = joined(left);
    if (!from.hasRemaining()) {
      return RowTable.NONE;
    }
    if (from.remaining() < HEAD_BYTES) {
      throw damaged("%d bytes (must be at least %d)", from.remaining(), HEAD_BYTES);
    }
    long since = from.getLong();
    TableShape shape = new TableShape(from.getInt(), from.getInt(), from.getInt());
    int count = from.getInt();
    if (count < 0 || count > shape.rows()) {
      throw damaged("%d rows of %s (must be from 0 to %d)", count, shape, shape.rows());
    }
    long bytes = bytes(count, shape.width()) - HEAD_BYTES;
    if (from.remaining() != bytes) {
      throw damaged(
          "%d rows of %s in %d bytes (must be %d)", count, shape, from.remaining(), bytes);
    }
    int[] numbers = new int[count];
    from.asIntBuffer().get(numbers);
    from.position(from.position() + count * Integer.BYTES);
    FloatVector values = FloatVector.read(List.of(from), count * shape.width());
    return RowTable.changes(shape, since, version, RowNumbers.owning(numbers), values.shared());
  }

  private static ByteBuffer joined(List<ByteBuffer> pieces) {
    int bytes = pieces.stream().mapToInt(ByteBuffer::remaining).sum();
    ByteBuffer joined = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    pieces.forEach(joined::put);
    return joined.flip();
  }

  private static IllegalArgumentException damaged(String fact, Object... values) {
    return new IllegalArgumentException(
        "Cannot read rows of a table: " + fact.formatted(values) + ": the message is damaged");
  }
}
