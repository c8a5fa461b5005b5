package io.blockwise.data.dataset;

import java.util.Arrays;
import java.util.function.IntSupplier;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.PrimitiveConverter;

/** Texts as ids of tokens, one behind the other in one {@code int[]}, each as long as it is. */
public final class TokenValues extends FieldValues {
  private static final int FIRST_PER_ROW = 16;

  private final TokensKind kind;
  private final int[] ends;
  private int[] tokens;

  /** Room for some rows, to be filled in their order. */
  TokenValues(TokensKind kind, int rows) {
    this.kind = kind;
    this.ends = new int[rows];
    this.tokens = new int[room((long) FIRST_PER_ROW * rows)];
  }

  /** Fills the next row. */
  void set(int row, int[] ids) {
    ends[row] = start(row);
    for (int id : ids) {
      add(row, id);
    }
    requireTokens(row);
  }

  /** The ids of a row, from the first token on; a copy. */
  public int[] tokens(int row) {
    return Arrays.copyOfRange(tokens, start(row), ends[row]);
  }

  /** Tokens of a row. */
  public int length(int row) {
    return ends[row] - start(row);
  }

  /** Rows there is room for. */
  public int rows() {
    return ends.length;
  }

  private int start(int row) {
    return row == 0 ? 0 : ends[row - 1];
  }

  /** No more than rows of the greatest length take, which is what memory is counted by. */
  private int room(long wanted) {
    return Math.toIntExact(Math.min(wanted, (long) ends.length * kind.maxLength()));
  }

  @Override
  Converter unpacker(IntSupplier row) {
    PrimitiveConverter element =
        new PrimitiveConverter() {
          @Override
          public void addInt(int value) {
            add(row.getAsInt(), value);
          }
        };
    return ParquetList.converter(element, () -> begin(row), () -> requireTokens(row.getAsInt()));
  }

  private void begin(IntSupplier row) {
    ends[row.getAsInt()] = start(row.getAsInt());
  }

  private void add(int row, int token) {
    if (token <= TokensKind.PAD || token >= kind.vocabularySize()) {
      throw new IllegalStateException(
          "token " + token + " of row " + row + " is none of 1 to " + (kind.vocabularySize() - 1));
    }
    if (ends[row] - start(row) == kind.maxLength()) {
      throw new IllegalStateException(
          "row " + row + " has more than " + kind.maxLength() + " tokens");
    }
    if (ends[row] == tokens.length) {
      tokens = Arrays.copyOf(tokens, room(2L * tokens.length));
    }
    tokens[ends[row]++] = token;
  }

  private void requireTokens(int row) {
    if (ends[row] == start(row)) {
      throw new IllegalStateException("row " + row + " has no tokens");
    }
  }
}
