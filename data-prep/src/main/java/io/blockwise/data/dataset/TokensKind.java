package io.blockwise.data.dataset;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.blockwise.base.IfAbsent;
import io.blockwise.data.options.Cleaning;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.List;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * Texts as ids of tokens, each as long as it is: from 1 to {@code maxLength} ids from 1 to below
 * {@code vocabularySize}. No padding is stored.
 *
 * <p>Always true: there is room for one token; the vocabulary is empty (not learned yet) or has the
 * two ids that are no words, and one more. Immutable.
 *
 * @param cleaning by which a text became tokens
 * @param vocabularySize ids in the data set's vocabulary, {@link #PAD} and {@link #UNKNOWN}
 *     included; 0 before it is learned
 * @param maxLength most tokens of a text; those behind are cut off
 * @param vectors that lie beside the shards; not in the file if there are none
 */
@JsonTypeName("tokens")
public record TokensKind(
    Cleaning cleaning,
    int vocabularySize,
    int maxLength,
    @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = WordVectors.Absent.class)
        @IfAbsent(NO_VECTORS)
        WordVectors vectors)
    implements FieldKind {
  /** The id of what fills a batch up; no row has it. */
  public static final int PAD = 0;

  /** The id of every token that is not in the vocabulary, and of a text without tokens. */
  public static final int UNKNOWN = 1;

  private static final int LEAST_VOCABULARY = 3;
  private static final String NO_VECTORS =
      "{\"dimension\":0,\"words\":0,\"tokens\":0,\"covered_tokens\":0}";

  public TokensKind {
    if (maxLength < 1 || vocabularySize != 0 && vocabularySize < LEAST_VOCABULARY) {
      throw new IllegalArgumentException(
          "max_length is " + maxLength + " and vocabulary_size " + vocabularySize);
    }
  }

  /** Without vectors. */
  public TokensKind(Cleaning cleaning, int vocabularySize, int maxLength) {
    this(cleaning, vocabularySize, maxLength, WordVectors.NONE);
  }

  /** Parquet's own list, which Spark reads as an array. */
  @Override
  public Type column(String field) {
    return ParquetList.column(field, PrimitiveTypeName.INT32);
  }

  /** The tokens of the longest text, and where they start. */
  @Override
  public long rowBytes() {
    return (long) Integer.BYTES * maxLength + Integer.BYTES;
  }

  /** Of AG News 0.34, IMDB 0.32, SST-2 0.45 and a generated corpus 0.29 of the raw files. */
  @Override
  public long expectedBytes(long rows, long rawBytes) {
    return rawBytes / 3;
  }

  /**
   * Writes a list.
   *
   * @param value ids of four bytes, high byte first; at least one
   */
  @Override
  public void write(byte[] value, RecordConsumer into) {
    IntBuffer ids = ByteBuffer.wrap(value).asIntBuffer();
    ParquetList.write(ids.remaining(), i -> into.addInteger(ids.get(i)), into);
  }

  @Override
  public TokenValues values(int rows) {
    return new TokenValues(this, rows);
  }

  /**
   * Texts that are at hand.
   *
   * @param texts the ids of each: from 1 to {@code maxLength}, each from 1 to below {@code
   *     vocabularySize}
   */
  public TokenValues values(List<int[]> texts) {
    TokenValues values = values(texts.size());
    for (int row = 0; row < texts.size(); row++) {
      values.set(row, texts.get(row));
    }
    return values;
  }

  @Override
  public boolean measured() {
    return vocabularySize > 0;
  }
}
