package io.blockwise.job.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Shows a run's progress as one line: rewritten in place on a terminal; elsewhere printed anew, at
 * most every ten seconds and once per epoch.
 *
 * <p>Thread-safe.
 */
public final class ProgressLine implements ProgressDisplay, AutoCloseable {
  private static final long SECOND = 1_000_000_000L;
  private static final String ERASE_LINE = "\r\u001b[K";

  /** A line that was wrapped could not be erased. */
  private static final String NO_WRAP = "\u001b[?7l";

  private static final String WRAP = "\u001b[?7h";

  /**
   * What a narrow terminal goes without, by place in the line: first rates, gains and staleness.
   */
  private static final List<Integer> DISPENSABLE = List.of(8, 7, 6, 5, 2, 3, 1, 4);

  private final PrintStream out;
  private final LongSupplier nanoTime;
  private final long interval;
  private final IntSupplier columns;
  private final long start;
  private double startFraction = Double.NaN;
  private long last;
  private boolean open;

  private ProgressLine(PrintStream out, LongSupplier nanoTime, long interval, IntSupplier columns) {
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
        : onTerminal(System.out, System::nanoTime, new TerminalWidth(System::nanoTime));
  }

  /**
   * For a terminal.
   *
   * @param columns of the terminal, asked for every line; what does not fit is left out
   */
  static ProgressLine onTerminal(PrintStream out, LongSupplier nanoTime, IntSupplier columns) {
    return new ProgressLine(out, nanoTime, SECOND / 5, columns);
  }

  /** For a file or a pipe. */
  static ProgressLine plain(PrintStream out, LongSupplier nanoTime) {
    return new ProgressLine(out, nanoTime, 10 * SECOND, () -> 0);
  }

  /**
   * The same line for one of several runs.
   *
   * @param label of the run, in front
   * @param secondsLeft of all runs, given the share of this one that is done; NaN if unknown
   */
  public ProgressDisplay of(String label, DoubleUnaryOperator secondsLeft) {
    return new OneOfSeveral(this, label + "  ", secondsLeft);
  }

  /** A view of a line. Thread-safe. */
  private record OneOfSeveral(ProgressLine line, String label, DoubleUnaryOperator secondsLeft)
      implements ProgressDisplay {
    @Override
    public void update(Progress progress) {
      line.update(progress, label, left(progress));
    }

    @Override
    public void epochDone(Progress progress) {
      line.epochDone(progress, label, left(progress));
    }

    @Override
    public void notice(String text) {
      line.notice(label + text);
    }

    private String left(Progress progress) {
      return timeLeft(secondsLeft.applyAsDouble(progress.fraction())) + " left of all";
    }
  }

  @Override
  public synchronized void update(Progress progress) {
    update(progress, "", left(progress));
  }

  private synchronized void update(Progress progress, String label, String left) {
    long now = nanoTime.getAsLong();
    if (now - last < interval) {
      return;
    }
    last = now;
    List<String> parts = parts(progress, label, left);
    int room = columns.getAsInt() - 1;
    if (room < 0) {
      out.println(String.join("", parts));
    } else {
      out.print(ERASE_LINE + NO_WRAP + fitted(parts, room) + WRAP);
      open = true;
    }
    out.flush();
  }

  @Override
  public synchronized void epochDone(Progress progress) {
    epochDone(progress, "", left(progress));
  }

  private synchronized void epochDone(Progress progress, String label, String left) {
    last = nanoTime.getAsLong();
    out.println((open ? ERASE_LINE : "") + String.join("", parts(progress, label, left)));
    out.flush();
    open = false;
  }

  @Override
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

  private static List<String> parts(Progress progress, String label, String left) {
    return List.of(
        format(
            "%sepoch %d/%d  %3.0f %%",
            label, progress.epoch(), progress.epochs(), Math.floor(100 * progress.fraction())),
        "  " + left,
        format("  %.0f examples/s", progress.examplesPerSecond()),
        list("  loss", progress.losses(), 1, "%.3f", ""),
        list("  validation", progress.accuracies(), 100, "%.1f", " %"),
        format("  %d %s", progress.workers(), progress.workers() == 1 ? "worker" : "workers"),
        format("  staleness %.2f", progress.averaging().staleness()),
        list("  gain", progress.averaging().gains(), 1, "%.2f", ""),
        list("  rate", progress.averaging().rates(), 1, "%.3g", ""));
  }

  private static String fitted(List<String> parts, int room) {
    List<String> kept = new ArrayList<>(parts);
    for (int part : DISPENSABLE) {
      if (kept.stream().mapToInt(String::length).sum() > room) {
        kept.set(part, "");
      }
    }
    String text = String.join("", kept);
    return text.substring(0, Math.min(room, text.length()));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static String list(
      String title, List<Double> values, int scale, String format, String unit) {
    if (values.isEmpty()) {
      return "";
    }
    return values.stream()
        .map(value -> value.isNaN() ? "-" : format(format, scale * value))
        .collect(Collectors.joining(" ", title + " ", unit));
  }

  private String left(Progress progress) {
    if (Double.isNaN(startFraction)) {
      startFraction = progress.fraction();
    }
    double done = progress.fraction() - startFraction;
    double elapsed = (nanoTime.getAsLong() - start) / (double) SECOND;
    double seconds = done > 0 ? elapsed * (1 - progress.fraction()) / done : Double.NaN;
    return timeLeft(seconds) + " left";
  }

  private static String timeLeft(double left) {
    if (Double.isNaN(left)) {
      return "?";
    }
    long seconds = Math.round(left);
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return String.format(Locale.ROOT, "%d:%02d min", seconds / 60, seconds % 60);
    }
    return String.format(Locale.ROOT, "%d:%02d h", seconds / 3600, seconds / 60 % 60);
  }
}
