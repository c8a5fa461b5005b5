package io.blockwise.job.exchange.wire;

import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.table.RowTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One version of a block's state as replies, each ready to be returned as it is: status, {@code
 * long version, int index}, then a piece of the parameters and running statistics, one behind the
 * other, in fp32, and behind them what has changed in a table. Written once for all readers of a
 * block without one, else for whoever knows the same version. Immutable, but for the count of its
 * readers, which is used under the lock of the block's endpoint.
 */
public final class EncodedState {
  /** Bytes in front of a piece. */
  public static final int HEAD_BYTES = 1 + Long.BYTES + Integer.BYTES;

  private final long version;
  private final int values;
  private final int statistics;
  private final List<byte[]> pieces;
  private int readers;

  private EncodedState(long version, int values, int statistics, List<byte[]> pieces) {
    this.version = version;
    this.values = values;
    this.statistics = statistics;
    this.pieces = pieces;
  }

  /**
   * Encodes a state, with all rows of its table.
   *
   * @param chunkBytes of one piece at most; rounded down to whole values
   */
  public static EncodedState of(BlockState state, int chunkBytes) {
    return of(state, RowTable.EVER, chunkBytes);
  }

  /**
   * Encodes a state, of its table only the rows that have changed after a version.
   *
   * @param chunkBytes of one piece at most; rounded down to whole values
   */
  public static EncodedState of(BlockState state, long since, int chunkBytes) {
    int perPiece = Math.max(1, chunkBytes / Float.BYTES);
    int values = state.value().length();
    int statistics = state.statistics().length();
    byte[] table = EncodedTable.write(state.table(), since); // whole values of four bytes, too
    int total = values + statistics + table.length / Float.BYTES;
    List<byte[]> pieces = new ArrayList<>();
    for (int first = 0; first < total; first += perPiece) {
      int end = (int) Math.min((long) first + perPiece, total);
      byte[] piece = new byte[HEAD_BYTES + (end - first) * Float.BYTES];
      ByteBuffer into = ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN);
      into.put((byte) Status.OK.ordinal()).putLong(state.version()).putInt(pieces.size());
      write(state.value(), first, Math.min(end, values), into);
      int behind = Math.min(end, values + statistics) - values;
      write(state.statistics(), Math.max(0, first - values), behind, into);
      int from = Math.max(0, first - values - statistics) * Float.BYTES;
      into.put(table, from, into.remaining());
      pieces.add(piece);
    }
    return new EncodedState(state.version(), values, statistics, pieces);
  }

  /** Memory that a state takes once it is encoded, of its table only what has changed since. */
  public static long bytes(BlockState state, long since, int chunkBytes) {
    long values = (long) state.value().length() + state.statistics().length();
    long total = values * Float.BYTES + EncodedTable.bytes(state.table(), since);
    long perPiece = (long) Math.max(1, chunkBytes / Float.BYTES) * Float.BYTES;
    long pieces = (total + perPiece - 1) / perPiece;
    return total + pieces * HEAD_BYTES;
  }

  private static void write(FloatVector vector, int first, int end, ByteBuffer into) {
    if (first < end) {
      vector.write(first, end - first, into);
    }
  }

  public long version() {
    return version;
  }

  int values() {
    return values;
  }

  int statistics() {
    return statistics;
  }

  /** Memory that it takes. */
  public long bytes() {
    return pieces.stream().mapToLong(piece -> piece.length).sum();
  }

  /** How many replies it takes. */
  public int pieces() {
    return pieces.size();
  }

  /** A reply, whole. */
  public byte[] reply(int piece) {
    return pieces.get(piece);
  }

  /** Counts in a worker that reads it piece by piece; true if it is the only one. */
  public boolean addReader() {
    readers++;
    return readers == 1;
  }

  /** Counts out a worker that has read it; true if it was the last one. */
  public boolean removeReader() {
    readers--;
    return readers == 0;
  }
}
