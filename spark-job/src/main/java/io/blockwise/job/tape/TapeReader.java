package io.blockwise.job.tape;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blockwise.base.UserException;
import io.blockwise.job.tape.TapeLine.End;
import io.blockwise.job.tape.TapeLine.Start;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalInt;

/** The lines of a tape, one after the other; only a few are in memory. Used by one thread. */
final class TapeReader implements AutoCloseable {
  /**
   * A line and its number, from 1.
   *
   * @param text as it is written
   */
  record Numbered(long number, String text, TapeLine line) {}

  /** What a whole tape says of its run. */
  record Run(Start start, End end) {}

  private final Path file;
  private final BufferedReader in;
  private final Deque<Numbered> ahead = new ArrayDeque<>();
  private long number;

  private TapeReader(Path file) throws IOException {
    this.file = file;
    // unlike Files.newBufferedReader, which fails without a line's number where a byte is no UTF-8
    in = new BufferedReader(new InputStreamReader(Files.newInputStream(file), UTF_8));
  }

  /**
   * Opens a tape before its first line.
   *
   * @throws UserException if there is none
   */
  static TapeReader open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw UserException.cannot(
          "replay " + file.getParent(),
          "it has no " + file.getFileName(),
          "train with averaging.tape = true");
    }
    return new TapeReader(file);
  }

  /**
   * Reads a tape to its end before anything is done with it.
   *
   * @throws UserException if it is none, of another format, or not complete
   */
  static Run check(Path file) throws IOException {
    try (TapeReader reader = open(file)) {
      Start start = reader.start();
      TapeLine last = start;
      for (Numbered next = reader.poll(); next != null; next = reader.poll()) {
        last = next.line();
        reader.requireWorker(next, start.workers());
      }
      if (last instanceof End end) {
        return new Run(start, end);
      }
      throw reader.cut();
    }
  }

  private Start start() throws IOException {
    in.mark(1 << 16);
    String text = in.readLine();
    OptionalInt version = text == null ? OptionalInt.empty() : TapeFormat.version(text);
    if (version.isPresent() && version.getAsInt() != TapeFormat.VERSION) {
      throw refused(
          file.getFileName() + " has format version " + version.getAsInt(),
          "this Blockwise reads " + TapeFormat.VERSION);
    }
    in.reset();
    if (version.isPresent() && poll().line() instanceof Start start) {
      return start;
    }
    throw refused("line 1 of " + file.getFileName() + " begins no tape", "it was changed or cut");
  }

  private void requireWorker(Numbered line, int workers) {
    if (line.line().actor() < 0 || line.line().actor() > workers) {
      throw refused(
          "line "
              + line.number()
              + " of "
              + file.getFileName()
              + " names a worker of "
              + workers
              + " that does not exist: "
              + line.text(),
          "it was changed");
    }
  }

  /** The next line; null behind the last one. */
  Numbered peek() {
    return peek(0).orElse(null);
  }

  /** The line so many lines behind the next one. */
  Optional<Numbered> peek(int behind) {
    try {
      while (ahead.size() <= behind) {
        Numbered next = read();
        if (next == null) {
          return Optional.empty();
        }
        ahead.add(next);
      }
      Iterator<Numbered> each = ahead.iterator();
      for (int i = 0; i < behind; i++) {
        each.next();
      }
      return Optional.of(each.next());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes the next line; null behind the last one. */
  Numbered poll() {
    Numbered next = peek();
    ahead.poll();
    return next;
  }

  private Numbered read() throws IOException {
    String text = in.readLine();
    if (text == null) {
      return null;
    }
    number++;
    long its = number;
    return TapeFormat.line(text).map(line -> new Numbered(its, text, line)).orElseThrow(this::cut);
  }

  private UserException cut() {
    return refused(
        file.getFileName() + " is not whole, as its line " + number + " shows",
        "a tape is when its run has trained all of its epochs; the file may have been cut or changed");
  }

  private UserException refused(String fact, String remedy) {
    return UserException.cannot("replay " + file.getParent(), fact, remedy);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
