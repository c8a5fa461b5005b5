package io.blockwise.job.config.hocon;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes {@code workers = 2} out as {@code workers.count = 2}, before a text is parsed: in the
 * library's merge a number would replace the section, or be replaced by it, without a word. At any
 * depth, since a run of a comparison has a section of its own.
 *
 * <p>Reads just as much of HOCON as it takes to find keys: strings, comments and brackets. Used by
 * one thread.
 */
final class WorkersShorthand {
  private static final Pattern NUMBER =
      Pattern.compile(
          "\\s*(?:[\\w.-]+\\.)?(?:workers|\"workers\")(?=[ \t]*(?:\\+?=|:)\\s*[^\\s{#/])");

  private static final Pattern STRING =
      Pattern.compile("\"\"\".*?(?:\"\"\"+|\\z)|\"(?:[^\"\\\\\n]|\\\\.)*+\"?", Pattern.DOTALL);

  private static final Pattern COMMENT = Pattern.compile("(?:#|//)[^\n]*");

  private final String text;
  private final StringBuilder written = new StringBuilder();
  private int at;
  private boolean keyFollows = true;

  private WorkersShorthand(String text) {
    this.text = text;
  }

  /** The same text in full; lines stay where they are. */
  static String writtenOut(String text) {
    WorkersShorthand shorthand = new WorkersShorthand(text);
    while (shorthand.at < text.length()) {
      shorthand.step();
    }
    return shorthand.written.toString();
  }

  /** The key of an override, likewise. */
  static String inFull(String key, String text) {
    return (key.equals("workers") || key.endsWith(".workers")) && !text.startsWith("{")
        ? key + ".count"
        : key;
  }

  private void step() {
    if (keyFollows && copy(NUMBER)) {
      written.append(".count");
      keyFollows = false;
    } else if (copy(STRING)) {
      keyFollows = false;
    } else if (!copy(COMMENT)) {
      next(text.charAt(at));
    }
  }

  private void next(char letter) {
    switch (letter) {
      case '{', ',', '\n' -> keyFollows = true;
      default -> keyFollows &= Character.isWhitespace(letter) || letter == '\ufeff';
    }
    written.append(letter);
    at++;
  }

  private boolean copy(Pattern pattern) {
    Matcher matcher = pattern.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      return false;
    }
    written.append(text, at, matcher.end());
    at = matcher.end();
    return true;
  }
}
