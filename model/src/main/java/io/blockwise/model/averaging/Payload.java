package io.blockwise.model.averaging;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Values of a push, as bytes. Those that were received stay in the pieces in which they came.
 * Immutable, as long as nobody writes to these.
 */
public final class Payload {
  /** Of no value. */
  static final Payload EMPTY = of(Codec.FP32, new float[0]);

  private final Codec codec;
  private final List<ByteBuffer> pieces;

  private Payload(Codec codec, List<ByteBuffer> pieces) {
    this.codec = codec;
    this.pieces = pieces;
  }

  /** Encodes the values. */
  public static Payload of(Codec codec, float[] values) {
    return new Payload(codec, List.of(ByteBuffer.wrap(codec.encode(values))));
  }

  /**
   * A payload as it was received; takes the pieces over, and copies them only if one of them ends
   * within a value.
   *
   * @param pieces one behind the other, each from its position to its limit
   * @throws IllegalArgumentException if the length is no multiple of the bytes per value
   */
  public static Payload received(Codec codec, List<ByteBuffer> pieces) {
    long bytes = bytes(pieces);
    if (bytes % codec.bytesPerValue() != 0) {
      throw new IllegalArgumentException(
          "Cannot read values in "
              + codec
              + ": "
              + bytes
              + " bytes are no multiple of "
              + codec.bytesPerValue()
              + " (the message is damaged)");
    }
    boolean whole =
        pieces.stream().allMatch(piece -> piece.remaining() % codec.bytesPerValue() == 0);
    return new Payload(codec, whole ? List.copyOf(pieces) : List.of(joined(pieces)));
  }

  private static long bytes(List<ByteBuffer> pieces) {
    return pieces.stream().mapToLong(ByteBuffer::remaining).sum();
  }

  private static ByteBuffer joined(List<ByteBuffer> pieces) {
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(bytes(pieces)));
    pieces.forEach(piece -> all.put(piece.duplicate()));
    return all.flip();
  }

  /** How the bytes are to be read. */
  public Codec codec() {
    return codec;
  }

  /** How many values. */
  public int length() {
    return Math.toIntExact(bytes(pieces) / codec.bytesPerValue());
  }

  /** Writes {@code count} bytes from {@code first} on at the buffer's position. */
  public void write(long first, int count, ByteBuffer into) {
    long skipped = first;
    int left = count;
    for (ByteBuffer piece : pieces) {
      int from = (int) Math.min(skipped, piece.remaining());
      int taken = Math.min(left, piece.remaining() - from);
      into.put(piece.slice(piece.position() + from, taken));
      skipped -= from;
      left -= taken;
    }
  }

  /** The values, in a new vector. */
  public FloatVector decode() {
    float[] values = new float[length()];
    decode(values);
    return FloatVector.owning(values);
  }

  /** Reads the values into an array of exactly {@link #length} values. */
  public void decode(float[] into) {
    int done = 0;
    for (ByteBuffer piece : pieces) {
      int count = piece.remaining() / codec.bytesPerValue();
      codec.decode(piece, into, done, count);
      done += count;
    }
  }

  @Override
  public String toString() {
    return length() + " values in " + codec;
  }
}
