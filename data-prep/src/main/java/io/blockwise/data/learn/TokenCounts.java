package io.blockwise.data.learn;

import io.blockwise.data.options.Cleaning;
import io.blockwise.data.text.TextAnalysis;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import scala.Tuple2;

/**
 * Counts of the tokens of some texts, and of their lengths, which have keys that no token can have.
 * A token comes several times if there are many different ones, so that memory is bounded. Used by
 * one thread.
 */
final class TokenCounts implements Iterator<Tuple2<String, Long>> {
  private static final int MOST_AT_ONCE = 1 << 18;

  /** Before a length; no token holds white space. */
  private static final String BLANK = " ";

  private final TextAnalysis analysis;
  private final Iterator<byte[][]> texts;
  private final Map<String, long[]> counts = new HashMap<>();
  private Iterator<Map.Entry<String, long[]>> counted = Collections.emptyIterator();

  /**
   * @param texts rows of one text in UTF-8
   */
  TokenCounts(Cleaning cleaning, Iterator<byte[][]> texts) {
    this.analysis = new TextAnalysis(cleaning);
    this.texts = texts;
  }

  /** Whether a key stands for a length. */
  static boolean isLength(String key) {
    return key.startsWith(BLANK);
  }

  /** The length that a key stands for, in tokens. */
  static int length(String key) {
    return Integer.parseInt(key, 1, key.length(), 10);
  }

  @Override
  public boolean hasNext() {
    if (!counted.hasNext() && texts.hasNext()) {
      counts.clear();
      while (texts.hasNext() && counts.size() < MOST_AT_ONCE) {
        count(new String(texts.next()[0], StandardCharsets.UTF_8));
      }
      counted = counts.entrySet().iterator();
    }
    return counted.hasNext();
  }

  private void count(String text) {
    int[] length = new int[1];
    analysis.tokens(
        text,
        token -> {
          add(token);
          length[0]++;
          return true;
        });
    add(BLANK + length[0]);
  }

  private void add(String key) {
    counts.computeIfAbsent(key, any -> new long[1])[0]++;
  }

  @Override
  public Tuple2<String, Long> next() {
    Map.Entry<String, long[]> entry = counted.next();
    return new Tuple2<>(entry.getKey(), entry.getValue()[0]);
  }
}
