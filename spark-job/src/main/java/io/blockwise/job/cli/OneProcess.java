package io.blockwise.job.cli;

import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.comparison.Comparison;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;

/**
 * Refuses a comparison whose runs cannot be in one application. Loads neither Spark nor a library.
 */
public final class OneProcess {
  private static final long MEBI = 1 << 20;

  /** The rest is for Spark, batches, averaged values and garbage; {@code plan} says how much. */
  private static final double ROWS_SHARE = 0.75;

  private OneProcess() {}

  /**
   * Threads of a worker of any run: a library reads them when it is loaded.
   *
   * @param threads of a worker of one run
   * @throws UserException if the runs differ in them
   */
  public static int threads(Comparison comparison, ToIntFunction<Settings> threads) {
    Comparison.Run first = comparison.runs().get(0);
    int expected = threads.applyAsInt(first.settings());
    for (Comparison.Run run : comparison.runs()) {
      int found = threads.applyAsInt(run.settings());
      if (found != expected) {
        throw UserException.cannot(
            "compare run " + first.configuration() + " with run " + run.configuration(),
            "a worker of one has " + count(expected) + ", of the other " + found,
            "set threads to one number for all runs");
      }
    }
    return expected;
  }

  /**
   * Refuses more runs at once than a master has places for their workers, as far as its URL tells.
   *
   * @param threads of a worker
   * @param processors of this machine
   * @throws UserException if there are too few
   */
  public static void requireRoom(
      Comparison comparison, int parallel, String master, int threads, int processors) {
    int workers =
        comparison.runs().stream()
            .mapToInt(run -> run.settings().workers().count())
            .max()
            .orElseThrow();
    OptionalInt places = places(Master.of(master, processors), threads);
    if (parallel > 1 && places.isPresent() && parallel * workers > places.getAsInt()) {
      throw UserException.invalid(
          "--parallel",
          parallel,
          "must be at most "
              + Math.max(1, places.getAsInt() / workers)
              + ": "
              + master
              + " has places for "
              + places.getAsInt()
              + (places.getAsInt() == 1 ? " worker" : " workers")
              + " with "
              + count(threads)
              + ", and a run has up to "
              + workers
              + "; set threads, or give more cores with --master");
    }
  }

  /**
   * Refuses more runs at once than a heap holds the rows of: each run has {@code data.memory} of
   * its own.
   *
   * @param rowBytes of every run, at most its {@code data.memory}
   * @param heap largest one of the process that has all runs, in bytes
   * @throws UserException if there is too little, and fewer runs at once would do
   */
  public static void requireHeap(List<Long> rowBytes, int parallel, long heap) {
    long rows = largest(rowBytes, parallel);
    if (parallel == 1 || rows <= ROWS_SHARE * heap) {
      return;
    }
    int most = 1;
    while (largest(rowBytes, most + 1) <= ROWS_SHARE * heap) {
      most++;
    }
    throw UserException.invalid(
        "--parallel",
        parallel,
        "must be at most %d: so many runs at once hold up to %d MiB of rows, each up to its"
                .formatted(most, rows / MEBI)
            + " data.memory, and the heap has %d MiB; lower data.memory, or raise --driver-memory"
                .formatted(heap / MEBI));
  }

  private static long largest(List<Long> rowBytes, int count) {
    return rowBytes.stream()
        .sorted(Comparator.reverseOrder())
        .limit(count)
        .mapToLong(Long::longValue)
        .sum();
  }

  private static OptionalInt places(Master master, int threads) {
    return master.cores().isPresent()
        ? OptionalInt.of(master.executors().orElse(1) * (master.cores().getAsInt() / threads))
        : OptionalInt.empty();
  }

  private static String count(int threads) {
    return threads == 1 ? "1 thread" : threads + " threads";
  }
}
