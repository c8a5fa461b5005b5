package io.blockwise.job;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/** Passes text on and remembers its last line that is not blank. Used by one thread at a time. */
final class LastLine extends FilterWriter {
  private final StringBuilder line = new StringBuilder();
  private String last = "";

  LastLine(Writer next) {
    super(next);
  }

  /** That line; empty if there was none. */
  String text() {
    return line.toString().isBlank() ? last : line.toString();
  }

  @Override
  public void write(int c) throws IOException {
    super.write(c);
    take((char) c);
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    super.write(text, offset, length);
    for (int i = offset; i < offset + length; i++) {
      take(text[i]);
    }
  }

  @Override
  public void write(String text, int offset, int length) throws IOException {
    write(text.toCharArray(), offset, length);
  }

  private void take(char c) {
    if (c != '\n') {
      line.append(c);
      return;
    }
    last = text();
    line.setLength(0);
  }
}
