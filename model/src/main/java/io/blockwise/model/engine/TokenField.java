package io.blockwise.model.engine;

import static io.blockwise.base.Checks.requireAtLeast;

import java.util.Arrays;

/**
 * Texts as ids of tokens, each as long as it is. A batch is as wide as its longest text, and ids
 * behind the end of a shorter one are 0. Used by one thread at a time.
 */
public final class TokenField implements BatchField {
  private final int[][] rows;

  /** Space for {@code capacity} texts, which are empty yet. */
  public TokenField(int capacity) {
    rows = new int[requireAtLeast("capacity", capacity, 1)][0];
  }

  @Override
  public int capacity() {
    return rows.length;
  }

  /**
   * Puts a text in.
   *
   * @param row from 0
   * @param ids from its first token on, at least one, each at least 1; is kept
   */
  public void set(int row, int[] ids) {
    requireAtLeast("tokens", ids.length, 1);
    rows[row] = ids;
  }

  /** Tokens of the leading texts, one number each. */
  public int[] lengths(int count) {
    return Arrays.stream(rows).limit(count).mapToInt(row -> row.length).toArray();
  }

  /** Ids of the leading texts, row-major {@code [count, longest]}. */
  public int[] padded(int count) {
    int longest = Arrays.stream(rows).limit(count).mapToInt(row -> row.length).max().orElse(0);
    int[] padded = new int[count * longest];
    for (int i = 0; i < count; i++) {
      System.arraycopy(rows[i], 0, padded, i * longest, rows[i].length);
    }
    return padded;
  }
}
