package io.blockwise.job.exchange.wire;

import io.blockwise.model.averaging.BlockShape;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.codec.Payload;
import io.blockwise.model.averaging.table.RowNumbers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Describes a whole push in front of each of its pieces: {@code byte kind, byte codec, byte flags
 * (1: the last one, 2: with rows of a table), long base version, long examples, int values, int
 * statistics, long nanoseconds of a step, int period, long nanoseconds of a round trip}, and {@code
 * int rows} if it has some. Behind it {@code long offset} of the piece, and the piece: of the
 * values as the codec wrote them, of the statistics in fp32 and of the numbers of the rows as
 * {@code int}. Immutable.
 */
public record PushHeader(
    long sequence,
    Push.Kind kind,
    Codec codec,
    boolean last,
    long baseVersion,
    long examples,
    int values,
    int statistics,
    Push.Timing timing,
    int rows) {
  /** Bytes in front of a piece, its offset included; without the number of rows. */
  public static final int BYTES = 3 + 5 * Long.BYTES + 3 * Integer.BYTES;

  private static final int LAST = 1;
  private static final int WITH_ROWS = 2;

  private static final Push.Kind[] KINDS = Push.Kind.values();
  private static final Codec[] CODECS = Codec.values();

  public static PushHeader of(Push push) {
    return new PushHeader(
        push.sequence(),
        push.kind(),
        push.values().codec(),
        push.last(),
        push.baseVersion(),
        push.examples(),
        push.values().length(),
        push.statistics().length(),
        push.timing(),
        push.rows().count());
  }

  /** Bytes in front of a piece of a push with so many rows, its offset included. */
  static int bytesInFront(int rows) {
    return BYTES + (rows > 0 ? Integer.BYTES : 0);
  }

  /** Bytes in front of a piece, its offset included. */
  public int bytesInFront() {
    return bytesInFront(rows);
  }

  public void write(ByteBuffer into) {
    into.put((byte) kind.ordinal()).put((byte) codec.ordinal()).put((byte) flags());
    into.putLong(baseVersion).putLong(examples).putInt(values).putInt(statistics);
    into.putLong(timing.stepNanos()).putInt(timing.period()).putLong(timing.roundTripNanos());
    if (rows > 0) {
      into.putInt(rows);
    }
  }

  private int flags() {
    return (last ? LAST : 0) | (rows > 0 ? WITH_ROWS : 0);
  }

  /** Leaves the body at the offset. */
  public static PushHeader read(Message message) throws Message.RefusedException {
    ByteBuffer from = message.body();
    if (from.remaining() < BYTES) {
      throw new Message.RefusedException(Status.TRUNCATED);
    }
    int kind = from.get();
    int codec = from.get();
    int flags = from.get();
    if (kind < 0
        || kind >= KINDS.length
        || codec < 0
        || codec >= CODECS.length
        || (flags & ~(LAST | WITH_ROWS)) != 0) {
      throw new Message.RefusedException(Status.MALFORMED);
    }
    PushHeader header =
        new PushHeader(
            message.number(),
            KINDS[kind],
            CODECS[codec],
            (flags & LAST) != 0,
            from.getLong(),
            from.getLong(),
            from.getInt(),
            from.getInt(),
            timing(from),
            rows(flags, from));
    if (!header.isPossible()) {
      throw new Message.RefusedException(Status.MALFORMED);
    }
    return header;
  }

  private static Push.Timing timing(ByteBuffer from) throws Message.RefusedException {
    long stepNanos = from.getLong();
    int period = from.getInt();
    long roundTripNanos = from.getLong();
    if (stepNanos < 0 || period < 1 || roundTripNanos < 0) {
      throw new Message.RefusedException(Status.MALFORMED);
    }
    return new Push.Timing(stepNanos, period, roundTripNanos);
  }

  private static int rows(int flags, ByteBuffer from) throws Message.RefusedException {
    if ((flags & WITH_ROWS) == 0) {
      return 0;
    }
    if (from.remaining() < Integer.BYTES + Long.BYTES) {
      throw new Message.RefusedException(Status.TRUNCATED);
    }
    int rows = from.getInt();
    if (rows < 1) {
      throw new Message.RefusedException(Status.MALFORMED);
    }
    return rows;
  }

  private boolean isPossible() {
    return sequence >= 1
        && baseVersion >= 0
        && (kind == Push.Kind.PASS ? isEmpty() : examples >= 1)
        && (kind != Push.Kind.COPY || codec == Codec.FP32);
  }

  private boolean isEmpty() {
    return examples == 0 && values == 0 && statistics == 0 && rows == 0;
  }

  /**
   * {@link Status#OK}, or why a piece can be of no push of such a block.
   *
   * @param offset of the piece
   * @param pieceBytes of it
   */
  public Status check(BlockShape block, long offset, int pieceBytes) {
    boolean tooMany = rows > block.table().rows();
    long expected = block.valuesWith(rows);
    boolean others = tooMany || values != expected || statistics != block.statistics();
    if (kind != Push.Kind.PASS && others) {
      boolean more = tooMany || values > expected || statistics > block.statistics();
      return more ? Status.OVERSIZED : Status.REFUSED;
    }
    boolean outside = offset < 0 || offset > bytes() - pieceBytes;
    return outside || pieceBytes == 0 && bytes() > 0 ? Status.MALFORMED : Status.OK;
  }

  /** Bytes of the values, which come first. */
  public long valueBytes() {
    return codec.bytes(values);
  }

  /** Bytes of all pieces together. */
  public long bytes() {
    return valueBytes() + (long) statistics * Float.BYTES + (long) rows * Integer.BYTES;
  }

  /**
   * The push, put together; its values stay in the pieces in which they came.
   *
   * @throws IllegalArgumentException if the numbers of its rows do not grow
   */
  public Push assemble(LeaseAttempt lease, int block, List<ByteBuffer> pieces) {
    List<ByteBuffer> ofValues = new ArrayList<>();
    ByteBuffer others = ByteBuffer.allocate(Math.toIntExact(bytes() - valueBytes()));
    long left = valueBytes();
    for (ByteBuffer piece : pieces) {
      int count = (int) Math.min(left, piece.remaining());
      if (count > 0) {
        ofValues.add(piece.slice(piece.position(), count));
        left -= count;
      }
      others.put(piece.slice(piece.position() + count, piece.remaining() - count));
    }
    return new Push(
        lease,
        block,
        sequence,
        baseVersion,
        examples,
        kind,
        last,
        Payload.received(codec, values, ofValues),
        FloatVector.read(List.of(others.flip()), statistics),
        timing,
        rows(others));
  }

  private RowNumbers rows(ByteBuffer left) {
    int[] numbers = new int[rows];
    left.order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(numbers);
    return RowNumbers.owning(numbers);
  }
}
