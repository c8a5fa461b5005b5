package io.blockwise.model.averaging;

/** Values of a push, as bytes. Immutable, as long as nobody writes to {@link #bytes}. */
public final class Payload {
  private final Codec codec;
  private final byte[] bytes;

  private Payload(Codec codec, byte[] bytes) {
    this.codec = codec;
    this.bytes = bytes;
  }

  /** Encodes the values. */
  public static Payload of(Codec codec, float[] values) {
    return new Payload(codec, codec.encode(values));
  }

  /**
   * A payload as it was received; takes the array over.
   *
   * @throws IllegalArgumentException if the length is no multiple of the bytes per value
   */
  public static Payload received(Codec codec, byte[] bytes) {
    if (bytes.length % codec.bytesPerValue() != 0) {
      throw new IllegalArgumentException(
          "Cannot read values in "
              + codec
              + ": "
              + bytes.length
              + " bytes are no multiple of "
              + codec.bytesPerValue()
              + " (the message is damaged)");
    }
    return new Payload(codec, bytes);
  }

  /** How the bytes are to be read. */
  public Codec codec() {
    return codec;
  }

  /** The bytes themselves, to be sent and not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  /** How many values. */
  public int length() {
    return bytes.length / codec.bytesPerValue();
  }

  /** The values, in a new vector. */
  public FloatVector decode() {
    float[] values = new float[length()];
    codec.decode(bytes, values);
    return FloatVector.owning(values);
  }

  /** Reads the values into an array of exactly {@link #length} values. */
  void decode(float[] into) {
    codec.decode(bytes, into);
  }

  @Override
  public String toString() {
    return length() + " values in " + codec;
  }
}
