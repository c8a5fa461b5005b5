package io.blockwise.data.text;

import io.blockwise.data.dataset.TokensKind;
import java.util.Arrays;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.BytesRefHash;

/** Turns texts into ids, as the rows of a data set have them. Used by one thread. */
public final class TextEncoder {
  private static final int FIRST = 64;

  private final TextAnalysis analysis;

  /** The word of id i is its entry i - 2. */
  private final BytesRefHash words = new BytesRefHash();

  private final int maxLength;

  /**
   * @param kind how texts are cleaned and cut off
   */
  public TextEncoder(TokensKind kind, Vocabulary vocabulary) {
    this.analysis = new TextAnalysis(kind.cleaning());
    this.maxLength = kind.maxLength();
    vocabulary.words().forEach(word -> words.add(new BytesRef(word)));
  }

  /**
   * The ids of a text's first tokens. A text without tokens has one, {@link TokensKind#UNKNOWN}: no
   * row is dropped, and none is without length.
   */
  public int[] ids(String text) {
    return ids(analysis.tokens(text));
  }

  /** The same of a text that is cut into tokens already, by {@link TextAnalysis#tokens}. */
  public int[] ids(byte[] tokens) {
    Ids ids = new Ids();
    TokenBytes.forEach(tokens, token -> ids.add(id(token)));
    return ids.count == 0 ? new int[] {TokensKind.UNKNOWN} : Arrays.copyOf(ids.values, ids.count);
  }

  private int id(BytesRef token) {
    int entry = words.find(token);
    return entry < 0 ? TokensKind.UNKNOWN : TokensKind.UNKNOWN + 1 + entry;
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
