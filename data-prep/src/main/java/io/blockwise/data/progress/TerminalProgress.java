package io.blockwise.data.progress;

import java.io.PrintStream;

/**
 * Shows progress as a bar that is drawn over itself, or, where nobody looks at a terminal, as a
 * plain line for each tenth. Used by one thread at a time.
 */
public final class TerminalProgress implements Progress {
  /** How to draw. */
  public enum Style {
    BAR,
    LINES
  }

  private static final int CELLS = 30;
  private static final long UNKNOWN_TOTAL_STRIDE = 10_000_000;

  private final PrintStream out;
  private final Style style;
  private Step last;
  private long shown;

  public TerminalProgress(PrintStream out, Style style) {
    this.out = out;
    this.style = style;
  }

  /** On standard error, as a bar if a terminal is attached. */
  public static TerminalProgress onStandardError() {
    return new TerminalProgress(System.err, System.console() == null ? Style.LINES : Style.BAR);
  }

  @Override
  public void began(String what) {
    out.println(what);
  }

  @Override
  public void advanced(Step step, long done) {
    boolean fresh = !step.equals(last);
    long mark = mark(step, done);
    if (fresh || mark != shown) {
      last = step;
      shown = mark;
      draw(step, done);
    }
  }

  private long mark(Step step, long done) {
    int marks = style == Style.BAR ? 100 : 10;
    return step.total() > 0 ? done * marks / step.total() : done / UNKNOWN_TOTAL_STRIDE;
  }

  private void draw(Step step, long done) {
    String figures =
        step.total() < 0
            ? step.amount(done)
            : step.amount(done) + " of " + step.amount(step.total());
    if (style == Style.LINES) {
      out.println(step.what() + ": " + figures);
      return;
    }
    int filled = step.total() <= 0 ? 0 : (int) (CELLS * done / step.total());
    String bar = "#".repeat(filled) + ".".repeat(CELLS - filled);
    out.print("\r" + step.what() + " [" + bar + "] " + figures);
    out.print(done == step.total() ? System.lineSeparator() : "");
    out.flush();
  }
}
