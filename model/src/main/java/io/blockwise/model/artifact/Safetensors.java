package io.blockwise.model.artifact;

import io.blockwise.base.UserException;
import io.blockwise.model.engine.TensorTable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * A safetensors file: named tensors of 32-bit floats and string metadata.
 *
 * <pre>
 *   8 bytes     length N of the header, unsigned, little-endian
 *   N bytes     UTF-8 JSON: name -> {"dtype": "F32", "shape": [...], "data_offsets": [begin, end]},
 *               and "__metadata__" with string values; padded with spaces to a multiple of 8
 *   the rest    the tensors, little-endian, row-major, in the order of their offsets, without gaps
 * </pre>
 *
 * <p>Source: the format's description in huggingface/safetensors. Immutable.
 *
 * @param metadata free strings
 * @param tensors in the order of the file
 */
public record Safetensors(Map<String, String> metadata, Tensors tensors) {
  private static final int CHUNK_BYTES = 1 << 16;

  public Safetensors {
    metadata = Map.copyOf(metadata);
  }

  /**
   * Writes the file and leaves {@code out} open.
   *
   * @throws IllegalArgumentException if two tensors have the same name, or one has the name that
   *     the format keeps for metadata
   */
  public void write(OutputStream out) throws IOException {
    byte[] header = new SafetensorsHeader(metadata, tensors.table()).encode();
    out.write(littleEndian(Long.BYTES).putLong(header.length).array());
    out.write(header);
    ByteBuffer chunk = littleEndian(CHUNK_BYTES);
    float[] values = tensors.values();
    for (int from = 0; from < values.length; from += CHUNK_BYTES / Float.BYTES) {
      int count = Math.min(CHUNK_BYTES / Float.BYTES, values.length - from);
      chunk.asFloatBuffer().put(values, from, count);
      out.write(chunk.array(), 0, count * Float.BYTES);
    }
  }

  /**
   * Reads a whole file and leaves {@code in} open.
   *
   * @param file name for messages
   * @param bytes length of the file
   * @throws UserException if the file breaks a rule of the format, is longer or shorter than its
   *     header says, or holds another type than F32
   */
  public static Safetensors read(String file, long bytes, InputStream in) throws IOException {
    if (bytes < Long.BYTES) {
      throw SafetensorsHeader.damaged(
          file, "it has " + bytes + " bytes, fewer than the 8 it needs");
    }
    long length = ByteBuffer.wrap(bytesOf(in, 8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 0 || length > SafetensorsHeader.MOST_BYTES) {
      throw SafetensorsHeader.damaged(
          file,
          "a header of "
              + Long.toUnsignedString(length)
              + " bytes exceeds the limit of "
              + SafetensorsHeader.MOST_BYTES);
    }
    if (length > bytes - Long.BYTES) {
      throw SafetensorsHeader.damaged(
          file, "it has " + bytes + " bytes, its header alone " + length);
    }
    SafetensorsHeader header = SafetensorsHeader.decode(file, bytesOf(in, (int) length));
    long expected = Long.BYTES + length + (long) Float.BYTES * header.table().length();
    if (bytes != expected) {
      throw SafetensorsHeader.damaged(
          file, "it has " + bytes + " bytes, its header describes " + expected);
    }
    return new Safetensors(
        header.metadata(), Tensors.owning(header.table(), values(in, header.table())));
  }

  private static float[] values(InputStream in, TensorTable table) throws IOException {
    float[] values = new float[table.length()];
    for (int from = 0; from < values.length; from += CHUNK_BYTES / Float.BYTES) {
      int count = Math.min(CHUNK_BYTES / Float.BYTES, values.length - from);
      ByteBuffer chunk = ByteBuffer.wrap(bytesOf(in, count * Float.BYTES));
      chunk.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values, from, count);
    }
    return values;
  }

  private static byte[] bytesOf(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("the file ended while it was read");
    }
    return bytes;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
