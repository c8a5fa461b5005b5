package io.blockwise.data.learn;

import io.blockwise.data.text.TokenBytes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.BytesRefHash;
import scala.Tuple2;

/**
 * Counts of the tokens of some texts, and of their lengths, which have keys that no token can have.
 * A token comes several times if there are many different ones, so that memory is bounded. Used by
 * one thread.
 */
final class TokenCounts implements Iterator<Tuple2<String, Long>> {
  private static final int MOST_AT_ONCE = 1 << 20;

  /** Before a length; no token holds white space. */
  private static final String BLANK = " ";

  private final Iterator<byte[][]> texts;
  private Iterator<Tuple2<String, Long>> counted = Stream.<Tuple2<String, Long>>empty().iterator();

  /** Of each entry of {@link #tokens} how often it came. */
  private long[] counts = new long[1 << 10];

  private BytesRefHash tokens = new BytesRefHash();

  /**
   * @param texts rows of one text, as {@link TokenBytes} goes through them
   */
  TokenCounts(Iterator<byte[][]> texts) {
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
      counted = count();
    }
    return counted.hasNext();
  }

  private Iterator<Tuple2<String, Long>> count() {
    tokens = new BytesRefHash();
    Arrays.fill(counts, 0);
    Map<Integer, Long> lengths = new HashMap<>();
    while (texts.hasNext() && tokens.size() < MOST_AT_ONCE) {
      lengths.merge(count(texts.next()[0]), 1L, Long::sum);
    }
    Stream<Tuple2<String, Long>> ofLengths =
        lengths.entrySet().stream().map(e -> new Tuple2<>(BLANK + e.getKey(), e.getValue()));
    BytesRef token = new BytesRef();
    Stream<Tuple2<String, Long>> ofTokens =
        IntStream.range(0, tokens.size())
            .mapToObj(i -> new Tuple2<>(tokens.get(i, token).utf8ToString(), counts[i]));
    return Stream.concat(ofLengths, ofTokens).iterator();
  }

  /** Counts the tokens of a text; how many they are. */
  private int count(byte[] text) {
    int[] length = new int[1];
    TokenBytes.forEach(
        text,
        token -> {
          int entry = tokens.add(token);
          entry = entry < 0 ? -entry - 1 : entry;
          counts = ArrayUtil.grow(counts, entry + 1);
          counts[entry]++;
          length[0]++;
          return true;
        });
    return length[0];
  }

  @Override
  public Tuple2<String, Long> next() {
    return counted.next();
  }
}
