package io.blockwise.data.text;

import java.util.Arrays;
import java.util.function.Predicate;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.UnicodeUtil;

/**
 * Tokens of a text as they travel between cleaning and looking up: in UTF-8, with a blank in
 * between, which no token holds. Used by one thread.
 */
public final class TokenBytes {
  private static final byte BLANK = ' ';

  private byte[] bytes;
  private int length;

  /**
   * Of none so far.
   *
   * @param room bytes that are expected
   */
  TokenBytes(int room) {
    bytes = new byte[room];
  }

  void add(CharSequence token) {
    int most = length + 1 + UnicodeUtil.maxUTF8Length(token.length());
    if (most > bytes.length) {
      bytes = Arrays.copyOf(bytes, ArrayUtil.oversize(most, Byte.BYTES));
    }
    if (length > 0) {
      bytes[length++] = BLANK;
    }
    length = UnicodeUtil.UTF16toUTF8(token, 0, token.length(), bytes, length);
  }

  byte[] toArray() {
    return Arrays.copyOf(bytes, length);
  }

  /**
   * Goes through tokens in their order.
   *
   * @param each returns whether to go on; what it is given changes with the next one
   */
  public static void forEach(byte[] tokens, Predicate<BytesRef> each) {
    BytesRef token = new BytesRef(tokens, 0, 0);
    boolean goOn = tokens.length > 0;
    for (int start = 0; goOn; start = token.offset + token.length + 1) {
      int end = start;
      while (end < tokens.length && tokens[end] != BLANK) {
        end++;
      }
      token.offset = start;
      token.length = end - start;
      goOn = each.test(token) && end < tokens.length;
    }
  }
}
