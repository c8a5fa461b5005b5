package io.blockwise.data.text;

import io.blockwise.data.dataset.TokensKind;
import java.util.Arrays;

/** Turns texts into ids, as the rows of a data set have them. Thread-safe. */
public final class TextEncoder {
  private static final int FIRST = 64;

  private final TextAnalysis analysis;
  private final Vocabulary vocabulary;
  private final int maxLength;

  /**
   * @param kind how texts are cleaned and cut off
   */
  public TextEncoder(TokensKind kind, Vocabulary vocabulary) {
    this.analysis = new TextAnalysis(kind.cleaning());
    this.vocabulary = vocabulary;
    this.maxLength = kind.maxLength();
  }

  /**
   * The ids of a text's first tokens. A text without tokens has one, {@link TokensKind#UNKNOWN}: no
   * row is dropped, and none is without length.
   */
  public int[] ids(String text) {
    Ids ids = new Ids();
    analysis.tokens(text, token -> ids.add(vocabulary.id(token)));
    return ids.count == 0 ? new int[] {TokensKind.UNKNOWN} : Arrays.copyOf(ids.values, ids.count);
  }

  private final class Ids {
    private int[] values = new int[Math.min(FIRST, maxLength)];
    private int count;

    /** Adds one; whether there is room for more. */
    boolean add(int id) {
      if (count == values.length) {
        values = Arrays.copyOf(values, Math.min(maxLength, 2 * count));
      }
      values[count++] = id;
      return count < maxLength;
    }
  }
}
