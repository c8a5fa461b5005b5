package io.blockwise.job.report;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Shows a run's progress as one line: rewritten in place on a terminal; elsewhere printed anew, at
 * most every ten seconds and once per epoch.
 *
 * <p>Thread-safe.
 */
public final class ProgressLine implements AutoCloseable {
  private static final long SECOND = 1_000_000_000L;
  private static final String ERASE_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final LongSupplier nanoTime;
  private final long interval;
  private final int columns;
  private final long start;
  private double startFraction = Double.NaN;
  private long last;
  private boolean open;

  private ProgressLine(PrintStream out, LongSupplier nanoTime, long interval, int columns) {
    this.out = out;
    this.nanoTime = nanoTime;
    this.interval = interval;
    this.columns = columns;
    this.start = nanoTime.getAsLong();
    this.last = start - interval;
  }

  /** A line for standard output, in the form that fits where it goes. */
  public static ProgressLine standardOutput() {
    return System.console() == null
        ? plain(System.out, System::nanoTime)
        : onTerminal(System.out, System::nanoTime, 120);
  }

  /**
   * For a terminal.
   *
   * @param columns of the terminal; a longer line would be wrapped, and is cut instead
   */
  static ProgressLine onTerminal(PrintStream out, LongSupplier nanoTime, int columns) {
    return new ProgressLine(out, nanoTime, SECOND / 5, columns);
  }

  /** For a file or a pipe. */
  static ProgressLine plain(PrintStream out, LongSupplier nanoTime) {
    return new ProgressLine(out, nanoTime, 10 * SECOND, 0);
  }

  /** Shows the present state, unless the last line is too recent. */
  public synchronized void update(Progress progress) {
    long now = nanoTime.getAsLong();
    if (Double.isNaN(startFraction)) {
      startFraction = progress.fraction();
    }
    if (now - last < interval) {
      return;
    }
    last = now;
    String text = text(progress, now);
    if (columns == 0) {
      out.println(text);
    } else {
      out.print(ERASE_LINE + text.substring(0, Math.min(columns - 1, text.length())));
      open = true;
    }
    out.flush();
  }

  /** Shows the state at the end of an epoch, on a line that stays. */
  public synchronized void epochDone(Progress progress) {
    last = nanoTime.getAsLong();
    if (Double.isNaN(startFraction)) {
      startFraction = progress.fraction();
    }
    out.println((open ? ERASE_LINE : "") + text(progress, last));
    out.flush();
    open = false;
  }

  /** Says something that stays, on a line of its own. */
  public synchronized void notice(String text) {
    out.println((open ? ERASE_LINE : "") + text);
    out.flush();
    open = false;
  }

  /** Ends the line, so that what is printed next starts on its own. */
  @Override
  public synchronized void close() {
    if (open) {
      out.println();
      out.flush();
      open = false;
    }
  }

  private String text(Progress progress, long now) {
    String line =
        String.format(
            Locale.ROOT,
            "epoch %d/%d  %3.0f %%  %s left  %.0f examples/s",
            progress.epoch(),
            progress.epochs(),
            Math.floor(100 * progress.fraction()),
            timeLeft(progress.fraction(), now),
            progress.examplesPerSecond());
    return line
        + list("  loss", progress.losses(), 1, "%.3f", "")
        + list("  validation", progress.accuracies(), 100, "%.1f", " %")
        + String.format(
            Locale.ROOT,
            "  %d %s  staleness %.2f",
            progress.workers(),
            progress.workers() == 1 ? "worker" : "workers",
            progress.staleness());
  }

  private static String list(
      String title, List<Double> values, int scale, String format, String unit) {
    if (values.isEmpty()) {
      return "";
    }
    return values.stream()
        .map(value -> String.format(Locale.ROOT, format, scale * value))
        .collect(Collectors.joining(" ", title + " ", unit));
  }

  private String timeLeft(double fraction, long now) {
    double done = fraction - startFraction;
    if (!(done > 0)) {
      return "?";
    }
    long seconds = Math.round((now - start) / (double) SECOND * (1 - fraction) / done);
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return String.format(Locale.ROOT, "%d:%02d min", seconds / 60, seconds % 60);
    }
    return String.format(Locale.ROOT, "%d:%02d h", seconds / 3600, seconds / 60 % 60);
  }
}
