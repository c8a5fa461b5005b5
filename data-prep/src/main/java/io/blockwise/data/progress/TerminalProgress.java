package io.blockwise.data.progress;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows progress as a bar that is drawn over itself, or, where nobody looks at a terminal, as a
 * plain line for each tenth; with the time that the step has left, as far as its pace so far tells.
 * Used by one thread at a time.
 */
public final class TerminalProgress implements Progress {
  /** How to draw. */
  public enum Style {
    BAR,
    LINES
  }

  private static final int CELLS = 30;
  private static final long UNKNOWN_TOTAL_STRIDE = 10_000_000;

  private static final double LEAST_SECONDS = 2;

  private final PrintStream out;
  private final Style style;
  private final LongSupplier nanos;
  private Step last;
  private long shown;
  private long began;
  private long atBeginning;
  private int drawn;

  /**
   * @param nanos clock of a steady pace, in nanoseconds
   */
  TerminalProgress(PrintStream out, Style style, LongSupplier nanos) {
    this.out = out;
    this.style = style;
    this.nanos = nanos;
  }

  /** On standard error, as a bar if a terminal is attached. */
  public static TerminalProgress onStandardError() {
    return new TerminalProgress(
        System.err, System.console() == null ? Style.LINES : Style.BAR, System::nanoTime);
  }

  @Override
  public void began(String what) {
    out.println(what);
  }

  @Override
  public void advanced(Step step, long done) {
    boolean fresh = !step.equals(last);
    if (fresh || done < atBeginning) {
      began = nanos.getAsLong();
      atBeginning = done;
    }
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
            : step.amount(done) + " of " + step.amount(step.total()) + left(step, done);
    if (style == Style.LINES) {
      out.println(step.what() + ": " + figures);
      return;
    }
    int filled = step.total() <= 0 ? 0 : (int) (CELLS * done / step.total());
    String bar = "#".repeat(filled) + ".".repeat(CELLS - filled);
    String line = step.what() + " [" + bar + "] " + figures;
    // blanks over what a longer line before has left
    out.print("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
    out.print(done == step.total() ? System.lineSeparator() : "");
    out.flush();
    drawn = done == step.total() ? 0 : line.length();
  }

  /** By the pace since the step began; nothing before it has one. */
  private String left(Step step, long done) {
    double seconds = (nanos.getAsLong() - began) / 1e9;
    if (done <= atBeginning || done >= step.total() || seconds < LEAST_SECONDS) {
      return "";
    }
    double left = seconds * (step.total() - done) / (done - atBeginning);
    return left < 100
        ? String.format(Locale.ROOT, ", %.0f s left", left)
        : String.format(Locale.ROOT, ", %.0f min left", left / 60);
  }
}
