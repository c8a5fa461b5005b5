package io.blockwise.model.averaging.codec;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Values of a push, as bytes. Those that were received stay in the pieces in which they came.
 * Immutable, as long as nobody writes to these.
 */
public final class Payload {
  /** Of no value. */
  public static final Payload EMPTY = of(Codec.FP32, new float[0]);

  private final Codec codec;
  private final int length;
  private final List<ByteBuffer> pieces;

  private Payload(Codec codec, int length, List<ByteBuffer> pieces) {
    this.codec = codec;
    this.length = length;
    this.pieces = pieces;
  }

  /** Encodes the values. */
  public static Payload of(Codec codec, float[] values) {
    return new Payload(codec, values.length, List.of(ByteBuffer.wrap(codec.encode(values))));
  }

  /**
   * A payload as it was received; takes the pieces over.
   *
   * @param length how many values
   * @param pieces one behind the other, each from its position to its limit, which may be anywhere
   * @throws IllegalArgumentException if they are not as long as so many values
   */
  public static Payload received(Codec codec, int length, List<ByteBuffer> pieces) {
    long bytes = pieces.stream().mapToLong(ByteBuffer::remaining).sum();
    if (bytes != codec.bytes(length)) {
      throw new IllegalArgumentException(
          "Cannot read %d values in %s: %d bytes instead of %d (the message is damaged)"
              .formatted(length, codec, bytes, codec.bytes(length)));
    }
    return new Payload(codec, length, List.copyOf(pieces));
  }

  /** How the bytes are to be read. */
  public Codec codec() {
    return codec;
  }

  /** How many values. */
  public int length() {
    return length;
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

  /** The values, in a new array. */
  public float[] decode() {
    float[] values = new float[length()];
    decode(values);
    return values;
  }

  /** Reads the values into an array of exactly {@link #length} values. */
  public void decode(float[] into) {
    ByteBuffer split = ByteBuffer.allocate(codec.bytesOfUnit());
    int done = 0;
    for (ByteBuffer piece : pieces) {
      ByteBuffer left = piece.duplicate();
      if (split.position() > 0) {
        move(left, split);
        done += decodeIfWhole(split, into, done);
      }
      done += decodeWhole(left, into, done);
      move(left, split);
    }
    codec.decode(split.flip(), into, done, length - done);
  }

  private int decodeWhole(ByteBuffer left, float[] into, int done) {
    int units = left.remaining() / codec.bytesOfUnit();
    // the last unit may have as many bytes as the others, and a value less
    int count = Math.min(units * codec.valuesOfUnit(), length - done);
    codec.decode(left, into, done, count);
    left.position(left.position() + units * codec.bytesOfUnit());
    return count;
  }

  /** A unit that began in one piece and ends in another. */
  private int decodeIfWhole(ByteBuffer split, float[] into, int done) {
    if (split.hasRemaining()) {
      return 0;
    }
    int count = decodeWhole(split.flip(), into, done);
    split.clear();
    return count;
  }

  private static void move(ByteBuffer from, ByteBuffer into) {
    int count = Math.min(from.remaining(), into.remaining());
    into.put(from.slice(from.position(), count));
    from.position(from.position() + count);
  }

  @Override
  public String toString() {
    return length() + " values in " + codec;
  }
}
