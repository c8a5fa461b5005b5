package io.blockwise.job.cli;

import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.comparison.Comparison;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;

/**
 * Refuses a comparison whose runs cannot be in one application. Loads neither Spark nor a library.
 */
public final class OneProcess {
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

  private static OptionalInt places(Master master, int threads) {
    return master.cores().isPresent()
        ? OptionalInt.of(master.executors().orElse(1) * (master.cores().getAsInt() / threads))
        : OptionalInt.empty();
  }

  private static String count(int threads) {
    return threads == 1 ? "1 thread" : threads + " threads";
  }
}
