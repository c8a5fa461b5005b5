package io.blockwise.data.source.text.record;

import java.nio.charset.Charset;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the columns of a corpus hold in place of characters of its texts. */
public enum Escapes {
  /** Nothing. */
  NONE {
    @Override
    String undone(String column) {
      return column;
    }
  },
  /** {@code \n} for a line break. */
  LINE_BREAKS {
    @Override
    String undone(String column) {
      return column.replace("\\n", " ");
    }
  },
  /**
   * Those of AG News: a backslash for a line break, and HTML's entities for characters, which often
   * have a blank in place of their ampersand, or nothing where a column begins: {@code they #39;re
   * &lt;b&gt;here&lt;/b&gt;}. Once they are characters again, a tag is a tag.
   */
  NEWS {
    @Override
    String undone(String column) {
      String text = column.indexOf(';') < 0 ? column : characters(column);
      return text.replace('\\', ' ');
    }
  };

  private static final Map<String, String> NAMED =
      Map.ofEntries(
          Map.entry("quot", "\""),
          Map.entry("amp", "&"),
          Map.entry("lt", "<"),
          Map.entry("gt", ">"),
          Map.entry("apos", "'"),
          Map.entry("nbsp", "\u00a0"),
          Map.entry("hellip", "\u2026"),
          Map.entry("ndash", "\u2013"),
          Map.entry("mdash", "\u2014"),
          Map.entry("lsquo", "\u2018"),
          Map.entry("rsquo", "\u2019"),
          Map.entry("ldquo", "\u201c"),
          Map.entry("rdquo", "\u201d"));
  private static final Pattern ENTITY =
      Pattern.compile(
          "(?:^|[ &])(?:#0{0,3}([1-9][0-9]{1,3})|(" + String.join("|", NAMED.keySet()) + "));");

  /** What browsers take numbers from 128 to 159 for. */
  private static final Charset WINDOWS = Charset.forName("windows-1252");

  private static final int WINDOWS_FIRST = 128;
  private static final int WINDOWS_END = 160;

  /** The text of a column as it is meant, with blanks for line breaks. */
  abstract String undone(String column);

  private static String characters(String column) {
    return ENTITY.matcher(column).replaceAll(found -> Matcher.quoteReplacement(character(found)));
  }

  private static String character(MatchResult entity) {
    if (entity.group(2) != null) {
      return NAMED.get(entity.group(2));
    }
    int code = Integer.parseInt(entity.group(1));
    return code >= WINDOWS_FIRST && code < WINDOWS_END
        ? new String(new byte[] {(byte) code}, WINDOWS)
        : Character.toString(code);
  }
}
