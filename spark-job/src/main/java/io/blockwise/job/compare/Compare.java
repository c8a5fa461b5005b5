package io.blockwise.job.compare;

import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.cli.Interruption;
import io.blockwise.job.cluster.Masters;
import io.blockwise.job.config.comparison.Comparison;
import io.blockwise.job.config.comparison.Comparison.Run;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.report.ProgressLine;
import io.blockwise.job.training.Training;
import io.blockwise.job.training.Training.ProcessUse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;

/**
 * The command {@code compare}: makes the runs that are not there yet, and writes down what all have
 * reached after every one of them. A run that fails does not keep the others from being made.
 */
public final class Compare {
  /** For the clean-up of runs, within that of the process. */
  private static final long FAREWELL_SECONDS = Interruption.PATIENCE.toSeconds() - 5;

  private final Comparison comparison;
  private final int parallel;
  private final Prerequisites prerequisites;
  private final FinishedRuns finished;
  private final Written report;
  private final Standings standings;
  private final Configuration hadoop;

  private Compare(Comparison comparison, int parallel) throws IOException, InterruptedException {
    hadoop = HadoopSettings.current();
    this.comparison = comparison;
    this.parallel = parallel;
    standings = new Standings(comparison.runs());
    report =
        comparison.search().isPresent()
            ? new SearchReport(hadoop, comparison, new Search(comparison, standings))
            : new Report(hadoop, comparison);
    prerequisites = new Prerequisites(hadoop, comparison, parallel);
    finished = new FinishedRuns(hadoop);
  }

  /**
   * Runs to the end.
   *
   * @param parallel runs at once, at least 1
   * @throws UserException if a run cannot be made as it is configured; then none is
   * @throws RunFailedException if some have failed; the others are made
   * @throws InterruptedException if the thread was interrupted; finished runs are kept
   */
  public static void run(Comparison comparison, int parallel) throws Exception {
    new Compare(comparison, parallel).run();
  }

  private void run() throws Exception {
    List<Run> all = comparison.runs();
    for (Run run : all) {
      finished
          .find(run.settings(), prerequisites.dataset(run))
          .ifPresent(result -> standings.done(run, result));
    }
    if (report instanceof SearchReport searched) {
      search(searched);
      return;
    }
    List<Run> toDo = standings.toDo();
    System.out.printf(
        "Comparing %d runs of %d configurations, %d of them are there already%n",
        all.size(), standings.rows().size(), all.size() - toDo.size());
    report.write(standings);
    try (ProgressLine line = ProgressLine.standardOutput()) {
      make(toDo, line, () -> false);
    }
    printTable();
    requireNoFailure();
  }

  private void printTable() {
    System.out.printf("%n%s%nWrote %s%n", report.table(standings), report);
    System.out.flush();
  }

  /** Trains candidates as long as it may, and measures the one that is best on validation. */
  private void search(SearchReport searched) throws Exception {
    Search search = new Search(comparison, standings);
    System.out.printf(
        "Searching among %d candidates, %d trainings are there already%n",
        search.entrants(0).size(), search.entered().size());
    searched.write(standings);
    try (ProgressLine line = ProgressLine.standardOutput()) {
      for (int rung = 0; rung < search.rungs() && !search.isOver(); rung++) {
        List<Run> entrants = search.entrants(rung);
        make(standings.toDo().stream().filter(entrants::contains).toList(), line, search::isOver);
      }
      Standings.Entry winner = search.winner().orElseThrow(this::nobody);
      searched.tested(
          new Winner(hadoop, comparison.search().orElseThrow()).published(winner, line::notice));
    }
    searched.write(standings);
    printTable();
  }

  private RunFailedException nobody() {
    String reasons =
        standings.failures().stream()
            .map(entry -> "Run " + entry.run() + " failed: " + entry.failure().orElseThrow())
            .collect(Collectors.joining("\n"));
    return new RunFailedException(
        reasons + "\nCannot search: no training has ended (the same command makes them again)");
  }

  /**
   * Makes runs.
   *
   * @param over whether those that have not begun are left
   */
  private void make(List<Run> toDo, ProgressLine line, BooleanSupplier over) throws Exception {
    TimeLeft timeLeft = new TimeLeft(toDo, parallel, System::nanoTime);
    for (Standings.Entry entry : standings.entries()) {
      entry.result().ifPresent(done -> timeLeft.took(entry.run(), done.metrics().seconds()));
    }
    ExecutorService threads = Executors.newFixedThreadPool(parallel);
    try {
      List<Future<?>> futures = new ArrayList<>();
      for (Run run : toDo) {
        futures.add(
            threads.submit(
                () -> {
                  if (!over.getAsBoolean()) {
                    make(run, line, timeLeft);
                  }
                  return null;
                }));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      threads.shutdownNow();
      awaitEnd(threads);
    }
  }

  private static void awaitEnd(ExecutorService threads) {
    boolean interrupted = Thread.interrupted();
    try {
      threads.awaitTermination(FAREWELL_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Makes a run; fails only if it was interrupted, or nothing can be written. */
  private void make(Run run, ProgressLine line, TimeLeft timeLeft) throws Exception {
    timeLeft.started(run);
    try {
      String label =
          "%s (%d/%d)".formatted(run, comparison.runs().indexOf(run) + 1, comparison.runs().size());
      Training.run(
          run.settings(), line.of(label, done -> timeLeft.seconds(run, done)), processUse());
      Result result =
          finished
              .find(run.settings(), prerequisites.dataset(run))
              .orElseThrow(() -> new IllegalStateException("its files are not there any more"));
      standings.done(run, result);
      timeLeft.took(run, result.metrics().seconds());
      line.notice(reached(run, result));
    } catch (Exception e) {
      if (Interruption.isBehind(e)) {
        throw e;
      }
      failed(run, e, line);
    } finally {
      timeLeft.ended(run);
    }
    report.write(standings);
  }

  /** On a cluster, executors have had other runs as well. */
  private ProcessUse processUse() {
    return parallel == 1 && Masters.isLocal(Masters.current())
        ? FreshProcess.forNextRun()
        : ProcessUse.SHARED;
  }

  private static String reached(Run run, Result result) {
    boolean tested = result.metrics().test().exists();
    List<Double> shares =
        tested ? result.metrics().test().accuracy() : result.metrics().validation().accuracy();
    String percents =
        shares.stream()
            .map(share -> String.format(Locale.ROOT, "%.2f", 100 * share))
            .collect(Collectors.joining(" "));
    String split = tested ? "test " : "validation ";
    return "Done: " + run + ", " + split + percents + " %, " + result.runId();
  }

  private void failed(Run run, Exception failure, ProgressLine line) {
    String reason = Printable.firstLine(failure);
    if (!(failure instanceof UserException || failure instanceof RunFailedException)) {
      failure.printStackTrace(); // a bug, whose trace is needed
      reason = failure.getClass().getSimpleName() + ": " + reason;
    }
    standings.failed(run, reason);
    line.notice("Failed: " + run + ": " + reason);
  }

  private void requireNoFailure() throws IOException {
    List<Standings.Entry> failures = standings.failures();
    if (!failures.isEmpty()) {
      String lines =
          failures.stream()
              .map(entry -> "Run " + entry.run() + " failed: " + entry.failure().orElseThrow())
              .collect(Collectors.joining("\n"));
      throw new RunFailedException(
          lines
              + "\nCannot compare all runs: "
              + failures.size()
              + " of "
              + comparison.runs().size()
              + " failed (the same command makes those again)");
    }
  }
}
