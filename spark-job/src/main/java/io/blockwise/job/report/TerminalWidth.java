package io.blockwise.job.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Columns of the terminal that the process runs in. {@code stty} is asked, which Java cannot do
 * itself, and every five seconds anew, since people change the size of windows.
 *
 * <p>Used by one thread.
 */
final class TerminalWidth implements IntSupplier {
  private static final List<String> STTY = List.of("sh", "-c", "stty size < /dev/tty");
  private static final Pattern SIZE = Pattern.compile("\\d+ ([1-9]\\d{0,4})");
  private static final long FIVE_SECONDS = 5_000_000_000L;
  private static final int USUAL = 80;

  private final LongSupplier nanoTime;
  private final List<String> command;
  private long asked;
  private int columns;

  TerminalWidth(LongSupplier nanoTime) {
    this(nanoTime, STTY);
  }

  /** Asks {@code command}, which prints rows and columns. */
  TerminalWidth(LongSupplier nanoTime, List<String> command) {
    this.nanoTime = nanoTime;
    this.command = List.copyOf(command);
    this.asked = nanoTime.getAsLong();
    this.columns = measured().orElse(USUAL);
  }

  /** At least 1; 80 where nobody knows. */
  @Override
  public int getAsInt() {
    long now = nanoTime.getAsLong();
    if (now - asked >= FIVE_SECONDS) {
      asked = now;
      columns = measured().orElse(columns);
    }
    return columns;
  }

  private OptionalInt measured() {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
        Matcher size = SIZE.matcher(String.valueOf(output.readLine()));
        return size.matches()
            ? OptionalInt.of(Integer.parseInt(size.group(1)))
            : OptionalInt.empty();
      }
    } catch (IOException e) {
      return OptionalInt.empty(); // no shell: the line is as wide as it was
    }
  }
}
