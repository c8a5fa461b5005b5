package io.blockwise.data.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.TokensKind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The vectors that the tokens of a data set start from: row i is that of id i, in float32. Row 0,
 * padding's, is zero.
 *
 * <p>Its file beside the shards is safetensors with the one tensor {@code embeddings} of shape
 * {@code [vocabulary, dimension]}; its sizes are the manifest's. Immutable.
 */
public final class EmbeddingMatrix {
  /** Name of its file beside the shards. */
  public static final String FILE_NAME = "embeddings.safetensors";

  private static final int ALIGNMENT = 8;

  private final int rows;
  private final int dimension;
  private final float[] values;

  /**
   * @param values row after row; kept, and not to be changed any more
   */
  public EmbeddingMatrix(int rows, int dimension, float[] values) {
    if (values.length != (long) rows * dimension) {
      throw new IllegalArgumentException(
          values.length + " values are not " + rows + " rows of " + dimension);
    }
    this.rows = rows;
    this.dimension = dimension;
    this.values = values;
  }

  /**
   * That of a data set whose main field is a text, read from the data set itself, on the driver or
   * on an executor; empty if it was prepared without vectors, or its main field is no text.
   *
   * @throws UserException if the file is missing or not what the manifest says
   */
  public static Optional<EmbeddingMatrix> of(Dataset dataset) {
    return of(dataset, FILE_NAME, dataset.manifest().schema().main().kind());
  }

  /**
   * The same of a side field; empty if it is no text.
   *
   * @param field its name
   */
  public static Optional<EmbeddingMatrix> ofSide(Dataset dataset, String field) {
    FieldKind kind = dataset.manifest().schema().sides().get(field);
    return of(dataset, Vocabulary.prefixOfSide(field) + FILE_NAME, kind);
  }

  private static Optional<EmbeddingMatrix> of(Dataset dataset, String file, FieldKind kind) {
    return kind instanceof TokensKind texts && texts.vectors().dimension() > 0
        ? Optional.of(parsed(dataset, file, texts.vocabularySize(), texts.vectors().dimension()))
        : Optional.empty();
  }

  private static EmbeddingMatrix parsed(Dataset dataset, String file, int rows, int dimension) {
    byte[] bytes = dataset.read(file);
    byte[] header = header(rows, dimension);
    long length = header.length + (long) Float.BYTES * rows * dimension;
    if (bytes.length != length
        || !Arrays.equals(bytes, 0, header.length, header, 0, header.length)) {
      throw UserException.cannot(
          "read " + file + " of " + dataset.directory(),
          "it is no tensor of " + rows + " x " + dimension + " as the manifest says",
          "prepare the data set again");
    }
    float[] values = new float[rows * dimension];
    littleEndian(bytes, header.length).asFloatBuffer().get(values);
    return new EmbeddingMatrix(rows, dimension, values);
  }

  /** Ids, the two that are no words included. */
  public int rows() {
    return rows;
  }

  /** Numbers in a row. */
  public int dimension() {
    return dimension;
  }

  /** The vector of an id; a copy. */
  public float[] row(int id) {
    return Arrays.copyOfRange(values, id * dimension, (id + 1) * dimension);
  }

  /** All vectors, row after row; a copy. */
  public float[] values() {
    return values.clone();
  }

  /** The content of its file. */
  public byte[] bytes() {
    byte[] header = header(rows, dimension);
    byte[] bytes = Arrays.copyOf(header, header.length + Float.BYTES * values.length);
    littleEndian(bytes, header.length).asFloatBuffer().put(values);
    return bytes;
  }

  /** What safetensors begins with: the length of the JSON, which is padded with blanks, and it. */
  private static byte[] header(int rows, int dimension) {
    byte[] json =
        String.format(
                Locale.ROOT,
                "{\"embeddings\":{\"dtype\":\"F32\",\"shape\":[%d,%d],\"data_offsets\":[0,%d]}}",
                rows,
                dimension,
                (long) Float.BYTES * rows * dimension)
            .getBytes(UTF_8);
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] header = new byte[Long.BYTES + padded];
    Arrays.fill(header, (byte) ' ');
    littleEndian(header, 0).putLong(padded).put(json);
    return header;
  }

  private static ByteBuffer littleEndian(byte[] bytes, int from) {
    return ByteBuffer.wrap(bytes, from, bytes.length - from).order(ByteOrder.LITTLE_ENDIAN);
  }
}
