package io.blockwise.job.report.html;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blockwise.base.files.Storage;
import io.blockwise.job.cli.Interruption;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.hadoop.fs.Path;

/**
 * {@code report.html} in the directory of a run: written anew now and then while the run goes on,
 * and at its end. Whoever reads it gets the old page or the new one. That it cannot be written is
 * said, once, and stops no run. Used by the driver's thread.
 */
public final class ReportFile {
  /** Its name, here and in a version of a model. */
  public static final String NAME = "report.html";

  /** Between two pages of a run that goes on. */
  private static final Duration PERIOD = Duration.ofSeconds(30);

  private final Storage storage;
  private final Path file;
  private final String runId;
  private final RunHistory history;
  private final Consumer<String> notice;
  private final LongSupplier nanoTime;
  private Optional<Result> result = Optional.empty();
  private long next;
  private boolean warned;

  /**
   * Of a run whose events {@code history} hears.
   *
   * @param directory of the run
   * @param notice says something to whoever is watching
   * @param nanoTime clock in nanoseconds
   */
  public ReportFile(
      Storage storage,
      Path directory,
      RunHistory history,
      Consumer<String> notice,
      LongSupplier nanoTime) {
    this.storage = storage;
    this.file = new Path(directory, NAME);
    this.runId = directory.getName();
    this.history = history;
    this.notice = notice;
    this.nanoTime = nanoTime;
    next = nanoTime.getAsLong();
  }

  /** The run goes on. */
  public void refresh() {
    if (nanoTime.getAsLong() - next >= 0) {
      write();
      next = nanoTime.getAsLong() + PERIOD.toNanos();
    }
  }

  /** The page of a run that has reached its result, to go with the model. */
  public byte[] of(Result reached) {
    result = Optional.of(reached);
    return page();
  }

  /** The page as it is now. */
  public byte[] page() {
    return ReportPage.of(runId, history, result).getBytes(UTF_8);
  }

  /** Writes the page as it is now. */
  public void write() {
    try {
      storage.write(file, page());
    } catch (IOException | RuntimeException e) {
      if (Interruption.isBehind(e)) {
        Thread.currentThread().interrupt(); // the run is to end, with a page or without
      } else if (!warned) {
        warned = true;
        notice.accept("Cannot write " + file + ": " + e.getMessage() + "; the run goes on");
      }
    }
  }
}
